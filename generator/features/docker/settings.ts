/** Each dockerd setting: its key in a lab, its flag, its schema. One list serves schema, flags and rules. */
import type { JsonSchema } from '../../model/schema.js';
import { cidr, cidr6, interfaceName, mapOf, object, text } from '../../schema/patterns.js';

interface Setting {
  readonly key: string;
  readonly flag: string;
  schema(): JsonSchema;
}

const yesNo = (description: string, standard: boolean): JsonSchema => ({ type: 'boolean', description, default: standard, examples: [!standard] });
const registry = (): JsonSchema => ({ type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9.:/_-]*$', form: 'a host, with port or URL where needed', examples: ['registry.lab:5000'] });

/** Source of names and defaults: dockerd(8). */
export const SETTINGS: readonly Setting[] = [
  { key: 'bridge', flag: 'bridge', schema: () => interfaceName('The bridge containers are attached to; it has to exist before dockerd starts. Excludes bip and fixedCidr.') },
  { key: 'bip', flag: 'bip', schema: () => cidr('Address and prefix of docker0, which sets its network.') },
  { key: 'fixedCidr', flag: 'fixed-cidr', schema: () => cidr('The part of the bridge network containers get addresses from. Left out: the whole network of bip.') },
  { key: 'mtu', flag: 'mtu', schema: () => ({ type: 'integer', minimum: 576, maximum: 9216, description: 'MTU of the default bridge network; derived where a tunnel carries it, its bridge has one, or a network of the node has less than 1500.', examples: [1476] }) },
  { key: 'iptables', flag: 'iptables', schema: () => yesNo('Whether dockerd writes iptables rules.', true) },
  { key: 'ip6tables', flag: 'ip6tables', schema: () => yesNo('The same for IPv6. Left out: on wherever dockerd has to do with IPv6, as in Docker 27 and later.', true) },
  { key: 'experimental', flag: 'experimental', schema: () => yesNo('Whether dockerd has what is experimental. Left out: on where ip6tables is, which Docker 20.10 to 26 have only so.', false) },
  { key: 'ipForward', flag: 'ip-forward', schema: () => yesNo('Whether dockerd turns net.ipv4.ip_forward on.', true) },
  { key: 'ipMasq', flag: 'ip-masq', schema: () => yesNo('Whether containers are masqueraded behind their host.', true) },
  { key: 'icc', flag: 'icc', schema: () => yesNo('Whether containers on the default bridge may talk to each other.', true) },
  { key: 'userlandProxy', flag: 'userland-proxy', schema: () => yesNo('Whether docker-proxy listens for published ports.', true) },
  { key: 'ipv6', flag: 'ipv6', schema: () => yesNo('IPv6 on the default bridge, beside IPv4.', false) },
  { key: 'bip6', flag: 'bip6', schema: () => cidr6('IPv6 address and prefix of docker0. Docker 28 and later, so with "package: ce" only.') },
  { key: 'fixedCidrV6', flag: 'fixed-cidr-v6', schema: () => cidr6('IPv6 network of the default bridge. Left out: computed, for each node its own.') },
  { key: 'defaultAddressPools', flag: 'default-address-pool', schema: () => ({ type: 'array', description: 'Where user-defined networks get their subnets from.', examples: [[{ base: '10.200.0.0/16', size: 24 }]], items: object({ base: cidr('The pool.'), size: { type: 'integer', minimum: 8, maximum: 30, description: 'Prefix length of each subnet.' } }, { required: ['base', 'size'] }) }) },
  { key: 'insecureRegistries', flag: 'insecure-registry', schema: () => ({ type: 'array', items: registry(), description: 'Registries spoken to without verified TLS.', examples: [['registry.lab:5000']] }) },
  { key: 'registryMirrors', flag: 'registry-mirror', schema: () => ({ type: 'array', items: registry(), description: 'Mirrors of Docker Hub.', examples: [['https://mirror.lab']] }) },
  { key: 'debug', flag: 'debug', schema: () => yesNo('Debug output of dockerd.', false) },
];

export const dockerSchema = (): JsonSchema => ({
  ...object({
    ...Object.fromEntries(SETTINGS.map((setting) => [setting.key, setting.schema()])),
    package: { type: 'string', enum: ['distribution', 'ce'], default: 'distribution', description: "distribution: docker.io; ce: docker-ce from Docker's own repository.", examples: ['ce'] },
    environment: mapOf({ type: 'string', pattern: '^[A-Z_][A-Z0-9_]*$', form: 'the name of a variable' }, { type: ['string', 'number', 'boolean'], pattern: '^[A-Za-z0-9_./:,@=-]*$', form: 'a word without blanks and quotes', maxLength: 500 }, { description: "Variables of dockerd's own environment: its proxy, or what an old behaviour is asked for by.", examples: [{ HTTP_PROXY: 'http://proxy.lab:3128' }] }),
    flags: { type: 'array', description: 'Any other dockerd flags, as they are.', examples: [['--log-level=warn']], items: text('A flag.', { pattern: '^--[a-z][a-z0-9-]*(=[^\\u0000-\\u001f\\u007f\\u2028\\u2029]*)?$', form: 'a flag such as --log-level=warn', maxLength: 500 }) },
  }),
  type: ['object', 'boolean'],
  title: 'dockerd',
  description: 'Settings of dockerd, rendered as flags in a systemd drop-in. "docker: false" makes a plain host.',
  examples: [{ bip: '172.17.0.1/17' }, false],
});
