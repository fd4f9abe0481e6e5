#!/usr/bin/env node
// Becomes dist/labgen.cjs. It starts main.cjs with the machine code V8 made of it at build time, which halves the
// start. The cache is bound to the version of Node and to the very text; where it does not fit, V8 compiles as usual.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const path = join(__dirname, 'main.cjs');
const source = readFileSync(path, 'latin1');
let cachedData;
try {
  cachedData = readFileSync(join(__dirname, 'main.cache'));
} catch {
  // Not written yet: this is the build's own first run.
}
const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, { filename: path, cachedData });
const write = process.env.LABGEN_WRITE_CACHE;
if (write !== undefined) process.on('exit', () => writeFileSync(write, script.createCachedData()));
const inner = { exports: {} };
script.runInThisContext()(inner.exports, require, inner, path, __dirname);
