/** images: which images are made on the node instead of pulled. */
import type { Feature } from '../feature.js';

/** The image every lab may use without a registry: busybox and socat of the node's own distribution. */
export const TOOLBOX = 'toolbox';

export const feature: Feature = {
  name: 'images',
  after: ['containers'],
  resolve(_ground, soFar) {
    const nodes = [...new Set(soFar.containers.filter((container) => container.image === TOOLBOX).map((container) => container.node))];
    return nodes.length === 0 ? {} : { images: [{ name: TOOLBOX, kind: 'toolbox', nodes, path: undefined }] };
  },
};
