// Debian's Firefox lacks one command of WebDriver BiDi, the one that overrides media features, which Playwright
// sends for every window. Loaded into Playwright's own process, this leaves the command out; nothing on disk changes.
"use strict";
const Module = require("node:module");

const compile = Module.prototype._compile;
const command = /await this\.(_session|_browser\._browserSession)\.send\("emulation\.setMediaFeaturesOverride"/g;
Module.prototype._compile = function (source, file, ...rest) {
  if (file.endsWith("coreBundle.js")) source = source.replace(command, `await (async () => {})("left out"`);
  return compile.call(this, source, file, ...rest);
};
