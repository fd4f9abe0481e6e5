import assert from 'node:assert/strict';
import { parseSshConfig } from '../../generator/drivers/ssh-config.js';

const VAGRANT = `Host net-1
  HostName 127.0.0.1
  User vagrant
  Port 2222
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
  PasswordAuthentication no
  IdentityFile "/home/me/my labs/.vagrant/machines/net-1/docker/private_key"
  IdentityFile /home/me/.labgen/keys/id
  IdentitiesOnly yes
  LogLevel FATAL
  PubkeyAcceptedKeyTypes +ssh-rsa

Host net-2
  HostName 192.168.121.7
  User debian
  Port 22
  IdentityFile C:/Users/me/key

`;

describe('drivers/ssh-config', () => {
  it('reads what vagrant ssh-config prints', () => {
    assert.deepEqual(parseSshConfig(VAGRANT), [
      { node: 'net-1', address: '127.0.0.1', port: 2222, user: 'vagrant', identityFiles: ['/home/me/my labs/.vagrant/machines/net-1/docker/private_key', '/home/me/.labgen/keys/id'], hostKeyName: '[127.0.0.1]:2222', knownHostsFile: '/dev/null' },
      { node: 'net-2', address: '192.168.121.7', port: 22, user: 'debian', identityFiles: ['C:/Users/me/key'], hostKeyName: '192.168.121.7', knownHostsFile: undefined },
    ]);
  });

  it('takes CRLF, tabs, "=", any case, quoted quotes and comments', () => {
    assert.deepEqual(parseSshConfig('# machines\r\nHOST a b\r\n\thostname=10.0.0.1\r\n port = 23\r\n IdentityFile "/a \\"b\\""\r\n'), [
      { node: 'a', address: '10.0.0.1', port: 23, user: 'vagrant', identityFiles: ['/a "b"'], hostKeyName: '[10.0.0.1]:23', knownHostsFile: undefined },
      { node: 'b', address: '10.0.0.1', port: 23, user: 'vagrant', identityFiles: ['/a "b"'], hostKeyName: '[10.0.0.1]:23', knownHostsFile: undefined },
    ]);
  });

  it('lets the first value count, and passes over patterns and Match', () => {
    const text = 'Host *\n User nobody\nHost a\n User one\n User two\nMatch user x\n Port 9\n';
    assert.deepEqual(parseSshConfig(text), [{ node: 'a', address: 'a', port: 22, user: 'one', identityFiles: [], hostKeyName: 'a', knownHostsFile: undefined }]);
  });

  it('reads under which name and where host keys were noted, in a folder with blanks and percent signs', () => {
    const [host] = parseSshConfig('Host a\n  HostKeyAlias a\n  UserKnownHostsFile "/my 100%% lab/.labgen/known_hosts"\n  IdentityFile "/my 100%% lab/key"\n');
    assert.deepEqual([host?.hostKeyName, host?.knownHostsFile, host?.identityFiles], ['a', '/my 100% lab/.labgen/known_hosts', ['/my 100% lab/key']]);
  });

  it('finds no host where there is none', () => {
    assert.deepEqual(parseSshConfig(''), []);
    assert.deepEqual(parseSshConfig('Port 22\n'), []);
  });
});
