#!/usr/bin/env node
// Becomes dist/labgen.cjs. It starts the bundles beside it with the machine code V8 made of them at build time, which
// halves the start. A cache is bound to the version of Node and to the very text; where it does not fit, V8 compiles
// as usual.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');

const scripts = new Map();
const modules = new Map();

/** A bundle is the text of a function that takes what a module gets. */
function load(name) {
  const known = modules.get(name);
  if (known) return known.exports;
  const path = `${__dirname}/${name}.cjs`;
  let cachedData;
  try {
    cachedData = readFileSync(`${__dirname}/${name}.cache`);
  } catch {
    // It has none: it is not part of a render, or this is the build's own first run.
  }
  const script = new Script(readFileSync(path, 'latin1'), { filename: path, cachedData });
  const module = { exports: {} };
  scripts.set(name, script);
  modules.set(name, module);
  script.runInThisContext()(module.exports, requireFrom, module, path, __dirname);
  return module.exports;
}

function requireFrom(name) {
  const [, bundle] = /^\.\/(\w+)\.cjs$/.exec(name) ?? [];
  return bundle === undefined ? require(name) : load(bundle);
}

const folder = process.env.LABGEN_WRITE_CACHE;
if (folder !== undefined) process.on('exit', () => scripts.forEach((script, name) => writeFileSync(`${folder}/${name}.cache`, script.createCachedData())));
load('main');
