-- For wrk: sends requests that were signed beforehand, each once, in order.
-- The file holds, per request, its length in ten digits and then its bytes.
local requests = {}
local sent = 0

function init(args)
   local file = assert(io.open(args[1], "rb"))
   while true do
      local length = file:read(10)
      if not length then break end
      requests[#requests + 1] = file:read(tonumber(length))
   end
   file:close()
end

function request()
   sent = sent + 1
   return requests[(sent - 1) % #requests + 1]
end

function done(summary, latency, _)
   local errors = summary.errors
   io.write(string.format(
      "requests=%d microseconds=%d wrong=%d median=%d worst=%d\n",
      summary.requests, summary.duration,
      errors.connect + errors.read + errors.write + errors.timeout + errors.status,
      latency:percentile(50), latency:percentile(99)))
end
