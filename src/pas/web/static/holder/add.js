// A code that was scanned stands behind the "#", where no server sees it: put it in the field, and out of the address.

(() => {
  const field = document.getElementById("code");
  const code = location.hash.slice(1);
  if (!field || !/^[0-9A-Za-z-]{20,60}$/.test(code)) return;
  field.value = code;
  history.replaceState(null, "", location.pathname);
})();
