import assert from 'node:assert/strict';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { known } from '../../generator/generated/labs.js';
import { parseLab } from '../../generator/source/parse.js';
import { root } from '../support/context.js';
import { labText } from '../support/labs.js';

const codes = (text: string): readonly string[] => parseLab('lab.yaml', text).problems.map((each) => `${each.code} ${each.line}:${each.column}`);

describe('shipped labs, parsed when labgen is built', () => {
  for (const name of shippedLabs(root)) {
    const text = labText(name);

    it(`${name}: the value is what the text says, and places are found`, () => {
      assert.ok(known(text), 'run npm run build');
      const [quick, slow] = [parseLab('x', text, known), parseLab('x', text)];
      assert.deepEqual(quick.value, slow.value);
      for (const path of [['nodes'], ['stages', 0, 'name'], ['nodes', 'nowhere']]) {
        assert.deepEqual([quick.locate(path), quick.locate(path, true), quick.has(path)], [slow.locate(path), slow.locate(path, true), slow.has(path)]);
      }
    });
  }

  it('are not mistaken for a text that differs by one sign', () => {
    const text = labText('gre');
    assert.deepEqual(parseLab('x', text.replace('172.17.0.1/17', '172.17.0.2/17'), known).value['nodes'], parseLab('x', text.replace('172.17.0.1/17', '172.17.0.2/17')).value['nodes']);
    assert.notDeepEqual(parseLab('x', text.replace('172.17.0.1/17', '172.17.0.2/17'), known).value, parseLab('x', text, known).value);
  });

  it('are a value of its own each time', () => {
    const text = labText('gre');
    delete (parseLab('x', text, known).value as Record<string, unknown>)['nodes'];
    assert.ok(parseLab('x', text, known).value['nodes']);
  });
});

describe('parse', () => {
  it('keeps the place of every path: values, keys, list items, and the parent of what is missing', () => {
    const parsed = parseLab('lab.yaml', 'lab: x\nnodes:\n  net-1:\n    docker: { mtu: 1400 }\nchecks:\n  - ping: { from: a }\n');
    assert.deepEqual(parsed.locate(['lab']), { file: 'lab.yaml', line: 1, column: 6, path: ['lab'] });
    assert.deepEqual(parsed.locate(['nodes', 'net-1', 'docker', 'mtu']), { file: 'lab.yaml', line: 4, column: 20, path: ['nodes', 'net-1', 'docker', 'mtu'] });
    assert.deepEqual(parsed.locate(['nodes', 'net-1', 'docker', 'mtu'], true), { file: 'lab.yaml', line: 4, column: 15, path: ['nodes', 'net-1', 'docker', 'mtu'] });
    assert.deepEqual(parsed.locate(['checks', 0, 'ping', 'from']), { file: 'lab.yaml', line: 6, column: 19, path: ['checks', 0, 'ping', 'from'] });
    assert.deepEqual(parsed.locate(['nodes', 'net-1', 'memory']), { file: 'lab.yaml', line: 3, column: 3, path: ['nodes', 'net-1', 'memory'] });
    assert.equal(parsed.has(['checks', 0, 'ping']), true);
    assert.equal(parsed.has(['checks', 1]), false);
  });

  it('reports every duplicate key, at the later place', () => {
    assert.deepEqual(codes('a: 1\nb: 1\na: 2\nc: { d: 1, d: 2 }\n'), ['LG002 3:1', 'LG002 4:12']);
  });

  it('ends a syntax error with its first message', () => {
    assert.equal(codes('lab: [a\nnodes: }\n  - x: : y\n').length, 1);
  });

  it('names a tab', () => {
    const [problem] = parseLab('lab.yaml', 'nodes:\n\tnet-1: {}\n').problems;
    assert.equal(problem?.message, 'a tab stands where YAML wants spaces');
  });

  it('refuses alias bombs and deep nesting at once, also when indented', () => {
    const rows = Array.from({ length: 30 }, (_, index) => `k${index}: &k${index} [${Array(20).fill(index === 0 ? 'x' : `*k${index - 1}`).join(',')}]`);
    assert.deepEqual(codes(`${rows.join('\n')}\n`), ['LG003 2:10']);
    assert.deepEqual(codes(`a: ${'['.repeat(100_000)}`), ['LG003 1:44']);
    assert.deepEqual(codes(`a: ${'{a: '.repeat(100_000)}`), ['LG003 1:164']);
    assert.deepEqual(codes('[\n'.repeat(20_000)).map((each) => each.slice(0, 5)), ['LG003']);
    const steps = Array.from({ length: 1000 }, (_, index) => `${' '.repeat(index)}a:`).join('\n');
    assert.deepEqual(codes(steps), ['LG003 41:41']);
    for (const marks of ['- ', '? ', '? - ', '-\t', '?\t']) assert.deepEqual(codes(`a:\n${marks.repeat(20_000)}x\n`), ['LG003 2:81'], JSON.stringify(marks));
  });

  it('lets __proto__ be a key of the data, and nothing more', () => {
    const { value } = parseLab('lab.yaml', '__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }\nlab: x\n');
    assert.deepEqual(Object.keys(value), ['__proto__', 'constructor', 'lab']);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });

  it('refuses tags, custom and standard', () => {
    for (const tag of ['!foo', '!!js/function', '!!python/object:os.system', '!<tag:example.org,2000:x>']) assert.deepEqual(codes(`lab: ${tag} x\n`), ['LG001 1:6'], tag);
  });

  it('is YAML 1.2: no and on are texts, 010 is ten', () => {
    assert.deepEqual(parseLab('lab.yaml', 'a: no\nb: on\nc: 010\nd: 0o10\ne: 1:30\n').value, { a: 'no', b: 'on', c: 10, d: 8, e: '1:30' });
  });

  it('says what a lab is, where there is none', () => {
    for (const text of ['', '# only a comment\n', '---\n', 'null\n', '- a\n', 'text\n', '7\n']) assert.deepEqual(codes(text), ['LG001 1:1'], JSON.stringify(text));
  });

  it('refuses a second document', () => {
    assert.deepEqual(codes('lab: a\n---\nlab: b\n').length, 1);
  });

  it('reads Windows line ends and a byte order mark', () => {
    assert.deepEqual(parseLab('lab.yaml', '\ufefflab: x\r\nnodes:\r\n  a: {}\r\n').value, { lab: 'x', nodes: { a: {} } });
  });
});
