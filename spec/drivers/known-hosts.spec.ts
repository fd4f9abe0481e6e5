import assert from 'node:assert/strict';
import { algorithmsFor, hostKeysOf } from '../../generator/drivers/known-hosts.js';

const TEXT = `# noted by hand
net-1 ecdsa-sha2-nistp256 AAAAE= 0123
net-1 ssh-ed25519 AAAAC= 0123\r
net-10 ssh-rsa AAAAB=
a,net-2\tssh-rsa AAAAB= comment of several words
|1|c2FsdA==|aGFzaA== ssh-rsa AAAAB=
@revoked net-3 ssh-rsa AAAAB=
net-4 ssh-rsa
`;

describe('drivers/known-hosts', () => {
  const of = (name: string): readonly string[] => hostKeysOf(TEXT, name).map(({ type, key }) => `${type} ${key}`);

  it('finds the keys noted under a name, and of no other', () => {
    assert.deepEqual(of('net-1'), ['ecdsa-sha2-nistp256 AAAAE=', 'ssh-ed25519 AAAAC=']);
    assert.deepEqual(of('net-2'), ['ssh-rsa AAAAB=']);
    for (const name of ['net', 'net-3', 'net-4', '', '#', '@revoked']) assert.deepEqual(of(name), [], name);
  });

  it('asks a server for keys that can be compared, and for none by SHA-1', () => {
    assert.deepEqual(algorithmsFor(hostKeysOf(TEXT, 'net-1')), ['ecdsa-sha2-nistp256', 'ssh-ed25519']);
    assert.deepEqual(algorithmsFor([{ type: 'ssh-rsa', key: 'x' }, { type: 'ssh-rsa', key: 'y' }, { type: 'ssh-dss', key: 'z' }]), ['rsa-sha2-512', 'rsa-sha2-256']);
  });
});
