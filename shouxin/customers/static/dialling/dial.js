// The code follows the # of the address, which browsers send to nobody; here it moves into the form and out of sight.
"use strict";
{
  const input = document.querySelector("[data-from-fragment]");
  const code = decodeURIComponent(location.hash.slice(1));
  if (input && code) {
    input.value = code;
    history.replaceState(null, "", location.pathname);
  }
}
