// Coming by an invitation's link: the code stands behind the # and so never reaches a server in an address; it is put
// into its field and taken out of the address, so that no history of the browser keeps it.
(() => {
  "use strict";
  const code = decodeURIComponent(location.hash.slice(1)).trim();
  const field = document.getElementById("id_invitation");
  if (!field || !/^[2-9A-Za-z -]{8,40}$/.test(code)) return;
  history.replaceState(null, "", location.pathname);
  field.value = code;
  document.getElementById("id_detail").focus();
})();
