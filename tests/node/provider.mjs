// A real OpenID Connect provider for the tests, which the tests can make lie.
// One JSON object on standard input configures it; it prints its port when it listens.
// POST /said {"account", "acr", "lie", "bsn"} decides who signs in next and what is wrong with the answer.
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, decodeJwt } from "jose";
import Provider from "oidc-provider";

const read = async (stream) => {
  let text = "";
  for await (const piece of stream) text += piece;
  return JSON.parse(text);
};

const newKey = async (kid) => {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid, use: "sig", alg: "RS256" };
  return { privateKey, jwk, published: { ...(await exportJWK(publicKey)), kid, use: "sig", alg: "RS256" } };
};

const config = await read(process.stdin);
const ours = await newKey("ours");
const later = await newKey("later");
const stranger = await newKey("ours");

let said = { account: "joke", acr: "substantial", lie: null };
let published = [ours.published];

const server = createServer();
server.listen(0, "127.0.0.1");
await new Promise((listening) => server.once("listening", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  jwks: { keys: [ours.jwk] },
  clients: [{
    client_id: config.clientId,
    redirect_uris: config.redirectUris,
    response_types: ["code"],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: "PS256",
    id_token_signed_response_alg: "RS256",
    jwks: { keys: config.keys },
  }],
  clientAuthMethods: ["private_key_jwt"],
  acrValues: ["low", "substantial", "high"],
  claims: { openid: ["sub", "bsn"], acr: null, auth_time: null },
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ["only for tests"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...(said.bsn ? { bsn: said.bsn } : {}) }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
});

const sign = (claims, key, alg = "RS256") =>
  new SignJWT(claims).setProtectedHeader({ alg, kid: key.jwk.kid }).sign(key.privateKey);

const publish = { "new-key": [ours.published, later.published], withdrawn: [later.published] };

const encoded = (object) => Buffer.from(JSON.stringify(object)).toString("base64url");

const lies = {
  tampered: (token, claims) => {
    const [head, , signature] = token.split(".");
    return [head, encoded({ ...claims, sub: "somebody-else" }), signature].join(".");
  },
  unsigned: (_, claims) => `${encoded({ alg: "none", kid: "ours" })}.${encoded(claims)}.`,
  "shared-secret": (_, claims) => new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", kid: "ours" })
    .sign(Buffer.from(JSON.stringify(ours.published))),
  "other-key": (_, claims) => sign(claims, stranger),
  "unknown-key": (_, claims) => sign(claims, later),
  "new-key": (_, claims) => sign(claims, later),
  "other-nonce": (_, claims) => sign({ ...claims, nonce: "of another attempt" }, ours),
  "no-nonce": (_, { nonce, ...claims }) => sign(claims, ours),
  "other-audience": (_, claims) => sign({ ...claims, aud: "another-client" }, ours),
  "several-audiences": (_, claims) => sign({ ...claims, aud: [claims.aud, "another"] }, ours),
  "another-party": (_, claims) => sign({ ...claims, azp: "another-client" }, ours),
  "no-end": (_, { exp, ...claims }) => sign(claims, ours),
  "other-issuer": (_, claims) => sign({ ...claims, iss: "https://evil.example" }, ours),
  expired: (_, claims) => sign({ ...claims, iat: 1, exp: 2 }, ours),
  "other-access-token": (_, claims) => sign({ ...claims, at_hash: "AAAAAAAAAAAAAAAAAAAAAA" }, ours),
  "accented-access-token": (_, claims) => sign({ ...claims, at_hash: "één" }, ours),
  "halved-access-token": (_, claims) => sign({ ...claims, at_hash: "\ud800" }, ours),
};

provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === "/token" && ctx.body?.id_token && said.lie in lies) {
    const token = ctx.body.id_token;
    ctx.body = { ...ctx.body, id_token: await lies[said.lie](token, decodeJwt(token)) };
  }
  if (ctx.path === "/jwks") ctx.body = { keys: published };
});

const answer = provider.callback();
server.on("request", async (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  if (pathname === "/said") {
    said = { account: "joke", acr: "substantial", lie: null, bsn: null, ...(await read(request)) };
    published = publish[said.lie] ?? [ours.published];
    response.end();
  } else if (pathname.startsWith("/interaction/")) {
    const result = said.account === null
      ? { error: "access_denied", error_description: "stopped" }
      : { login: { accountId: said.account, acr: said.acr, remember: false } };
    await provider.interactionFinished(request, response, result);
  } else {
    answer(request, response);
  }
});

console.log(issuer);
