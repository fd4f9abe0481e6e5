/** Containers, what they run, and files that are brought to the nodes. Part of the lab as a value (lab.ts). */

export interface PublishedPort {
  /** undefined: Docker picks one. */
  readonly hostAddress: string | undefined;
  readonly hostPort: number | undefined;
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
}

export interface Container {
  readonly name: string;
  readonly group: string;
  readonly node: string;
  readonly image: string;
  /** Undefined: the image's own. */
  readonly command: readonly string[] | undefined;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly hostname: string | undefined;
  /** `bridge`, `none`, `host`, `container:<name>` or a Docker network. */
  readonly network: string;
  /** Given addresses on a user-defined network; left out: Docker's choice. */
  readonly address?: string;
  readonly address6?: string;
  /** Names this container alone knows others by (`docker run --link`); the other one is on the same node. */
  readonly links: readonly { readonly alias: string; readonly container: string }[];
  /** More names it has on a user-defined network. */
  readonly aliases: readonly string[];
  /** Ports of its image in words, `5432/tcp`: what `--expose` adds. */
  readonly expose: readonly string[];
  readonly ports: readonly PublishedPort[];
}

/** An image made on the node. Names not listed here are pulled. */
export interface Image {
  readonly name: string;
  readonly kind: 'toolbox' | 'build' | 'tar';
  /** Nodes that need it. */
  readonly nodes: readonly string[];
  /** Path of the folder or tar in the output, such as `images/web`; undefined for toolbox. */
  readonly path: string | undefined;
  /** Of all that it is made from; made anew where this differs. Undefined for toolbox. */
  readonly hash: string | undefined;
  /** Ports its containers listen on, in words: `5000/tcp`; left out where nobody can tell. */
  readonly exposes?: readonly string[];
}

/** An image something else than a container of the lab needs on a node. */
export interface ImageUse {
  readonly node: string;
  readonly image: string;
}

/** A file that no distribution packages: where it comes from and what it has to be. */
export interface Artifact {
  readonly name: string;
  /** Undefined where nobody publishes it: it is made and put into the cache by hand. */
  readonly url: string | undefined;
  /** Where it comes from where there is no URL, for people. */
  readonly about: string;
  readonly version: string;
  /** 64 hex digits; undefined where nobody who wrote the lab ever had the bytes: the user pins it. */
  readonly sha256: string | undefined;
  /** What it is called on a node. */
  readonly file: string;
}

/** A node that needs an artifact. */
export interface ArtifactUse {
  readonly node: string;
  readonly artifact: string;
}
