/** Each dockerd setting: its key in a lab, its flag, its schema. One list serves schema, flags and rules. */
import type { JsonSchema } from '../../model/schema.js';
import { choice, cidr, cidr6, interfaceName, mapOf, object, text } from '../../schema/patterns.js';

interface Setting {
  readonly key: string;
  readonly flag: string;
  schema(): JsonSchema;
}

const yesNo = (description: string, standard: boolean): JsonSchema => ({ type: 'boolean', description, default: standard, examples: [!standard] });
const registry = (): JsonSchema => ({ type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9.:/_-]*$', form: 'a host, with port or URL where needed', description: 'A registry.', examples: ['registry.lab:5000'] });

/** Source of names and defaults: dockerd(8). */
export const SETTINGS: readonly Setting[] = [
  { key: 'bridge', flag: 'bridge', schema: () => interfaceName('The bridge of the lab containers are attached to, instead of docker0. Excludes bip and fixedCidr.', 'br0') },
  { key: 'bip', flag: 'bip', schema: () => cidr('Address and prefix of docker0, which sets its network.', '172.17.0.1/24') },
  { key: 'fixedCidr', flag: 'fixed-cidr', schema: () => cidr('The part of the bridge network containers get addresses from. Left out: the whole network of bip.', '172.17.0.0/25') },
  { key: 'mtu', flag: 'mtu', schema: () => ({ type: 'integer', minimum: 576, maximum: 9216, description: 'MTU of the default bridge network, in bytes. Left out: what its bridge has, or what fits into a tunnel that carries it and a network of the node; else 1500.', examples: [1476] }) },
  { key: 'iptables', flag: 'iptables', schema: () => yesNo('Whether dockerd writes iptables rules.', true) },
  { key: 'ip6tables', flag: 'ip6tables', schema: () => yesNo('Whether dockerd writes ip6tables rules, for IPv6. Left out: on wherever dockerd has to do with IPv6, as in Docker 27 and later.', true) },
  { key: 'experimental', flag: 'experimental', schema: () => yesNo('Whether dockerd has what is experimental. Left out: on where ip6tables is, which Docker 20.10 to 26 have only so.', false) },
  { key: 'ipForward', flag: 'ip-forward', schema: () => yesNo('Whether dockerd turns net.ipv4.ip_forward on.', true) },
  { key: 'ipMasq', flag: 'ip-masq', schema: () => yesNo('Whether containers are masqueraded behind their host.', true) },
  { key: 'icc', flag: 'icc', schema: () => yesNo('Whether containers on the default bridge may talk to each other.', true) },
  { key: 'userlandProxy', flag: 'userland-proxy', schema: () => yesNo('Whether docker-proxy listens for published ports.', true) },
  { key: 'ipv6', flag: 'ipv6', schema: () => yesNo('Whether the default bridge has IPv6, beside IPv4.', false) },
  { key: 'bip6', flag: 'bip6', schema: () => cidr6('IPv6 address and prefix of docker0. Docker 28 and later, so with "package: ce" only.', 'fd00:1::1/64') },
  { key: 'fixedCidrV6', flag: 'fixed-cidr-v6', schema: () => cidr6('IPv6 network of the default bridge. Left out: computed, for each node its own.', 'fd00:1::/64') },
  { key: 'defaultAddressPools', flag: 'default-address-pool', schema: () => ({ type: 'array', description: 'Where user-defined networks get their subnets from.', examples: [[{ base: '10.200.0.0/16', size: 24 }]], items: object({ base: cidr('The pool.', '10.200.0.0/16'), size: { type: 'integer', minimum: 8, maximum: 30, description: 'Prefix length of each subnet.', examples: [24] } }, { required: ['base', 'size'], title: 'Address pool', description: 'A network, and how large the subnets taken from it are.' }) }) },
  { key: 'insecureRegistries', flag: 'insecure-registry', schema: () => ({ type: 'array', items: registry(), description: 'Registries spoken to without verified TLS.', examples: [['registry.lab:5000']] }) },
  { key: 'registryMirrors', flag: 'registry-mirror', schema: () => ({ type: 'array', items: registry(), description: 'Mirrors of Docker Hub.', examples: [['https://mirror.lab']] }) },
  { key: 'debug', flag: 'debug', schema: () => yesNo('Whether dockerd says all that it does.', false) },
];

export const dockerSchema = (): JsonSchema => ({
  ...object({
    ...Object.fromEntries(SETTINGS.map((setting) => [setting.key, setting.schema()])),
    package: choice('Whose package Docker comes in.', { distribution: "docker.io, the distribution's own.", ce: "docker-ce, from Docker's own repository." }, { default: 'distribution', examples: ['ce'] }),
    environment: mapOf({ type: 'string', pattern: '^[A-Z_][A-Z0-9_]*$', form: 'the name of a variable', description: 'A variable.', examples: ['HTTP_PROXY'] }, { type: ['string', 'number', 'boolean'], pattern: '^[A-Za-z0-9_./:,@=-]*$', form: 'a word without blanks and quotes', maxLength: 500, description: 'Its value.', examples: ['http://proxy.lab:3128'] }, { title: 'Environment of dockerd', description: "Variables of dockerd's own environment: its proxy, or what an old behaviour is asked for by.", examples: [{ HTTP_PROXY: 'http://proxy.lab:3128' }] }),
    flags: { type: 'array', description: 'Any other dockerd flags, as they are.', examples: [['--log-level=warn']], items: text('A flag.', '--log-level=warn', { pattern: '^--[a-z][a-z0-9-]*(=[^\\u0000-\\u001f\\u007f\\u2028\\u2029]*)?$', form: 'a flag such as --log-level=warn', maxLength: 500 }) },
  }),
  type: ['object', 'boolean'],
  title: 'dockerd',
  description: 'Settings of dockerd, rendered as flags in a systemd drop-in. "docker: false" makes a plain host.',
  examples: [{ bip: '172.17.0.1/17' }, false],
});
