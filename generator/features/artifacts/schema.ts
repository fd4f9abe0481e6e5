/** The `artifacts:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { containerName, mapOf, name, object } from '../../schema/patterns.js';

/** Braces and quotes stay out: the URL is also shown by the play, where Ansible would look for expressions. */
const URL_FORM = '^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?/[A-Za-z0-9._~%+@=&?,:;()*/-]*$';

export const artifactsSchema = (): JsonSchema => mapOf(
  containerName('An artifact.', 'flanneld'),
  object(
    {
      url: { type: 'string', pattern: URL_FORM, form: 'an https URL', maxLength: 500, description: 'Where it can be had; https only.', examples: ['https://example.org/v1.2/tool-amd64'] },
      about: { type: 'string', pattern: '^[A-Za-z0-9 ._:/,;=()+-]*$', form: 'one line of plain text', maxLength: 300, description: 'Where it comes from where nobody publishes it under a URL: then it is put into the cache by hand.', examples: ['docker save weaveworks/weave:2.8.1'] },
      version: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._+-]*$', form: 'a version such as v1.2.3', maxLength: 60, description: 'Its version, for people and for the cache.', examples: ['v1.2.3'] },
      sha256: { type: 'string', pattern: '^([0-9a-f]{64}|unknown)$', form: '64 lower-case hexadecimal digits, or unknown', description: 'SHA-256 of its bytes, or unknown where you never had them: then who runs the lab pins it ("labgen fetch --pin").', examples: ['unknown'] },
      file: { type: 'string', pattern: '^[A-Za-z0-9_][A-Za-z0-9._+-]*$', form: 'a file name', maxLength: 100, description: "What it is called on a node. Left out: as at the URL's end.", examples: ['tool'] },
      nodes: { type: 'array', items: name('A node, or a group.'), minItems: 1, description: 'Nodes that get it, beside those of the features that use it.', examples: [['net-1']] },
    },
    { required: ['version', 'sha256'], title: 'Artifact', description: 'A file that no distribution packages.' },
  ),
  { title: 'Artifacts', description: 'Files that no distribution packages, by name. "labgen fetch" brings them, the play copies them to /var/lib/labgen/artifacts/NAME/FILE.', examples: [{ tool: { url: 'https://example.org/v1.2/tool-amd64', version: 'v1.2', sha256: 'unknown', file: 'tool' } }] },
);
