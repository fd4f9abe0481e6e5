/** The `images:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { containerName, mapOf, object } from '../../schema/patterns.js';
import { ASSET_PATH } from './sources.js';

const path = (description: string, example: string): JsonSchema => ({ type: 'string', pattern: ASSET_PATH, form: 'a path beside the lab file, such as images/web', maxLength: 200, description, examples: [example] });

export const imagesSchema = (): JsonSchema => mapOf(
  containerName('An image.', 'web'),
  object(
    {
      build: path('A folder with a Dockerfile, beside the lab file. "FROM toolbox" needs no registry.', 'images/web'),
      tar: path('A file that "docker save" wrote, beside the lab file.', 'images/web.tar'),
    },
    { title: 'Image', description: 'How an image is made: exactly one of "build" and "tar".' },
  ),
  { title: 'Images', description: 'Images made on the nodes that need them, by name; built in this order. Any other image is pulled; toolbox is there already.', examples: [{ web: { build: 'images/web' } }] },
);
