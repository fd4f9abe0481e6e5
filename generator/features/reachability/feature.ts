/** Who reaches whom: ping, tcp, udp, http, mtu and source. */
import type { Feature } from '../feature.js';
import { http } from './http.js';
import { mtu } from './mtu.js';
import { ping } from './ping.js';
import { askersHaveANetwork, somebodyListens } from './rules.js';
import { source } from './source.js';
import { tcp } from './tcp.js';
import { udp } from './udp.js';

export const feature: Feature = {
  name: 'reachability',
  rules: [askersHaveANetwork, somebodyListens],
  checkKinds: [ping, tcp, udp, http, mtu, source],
};
