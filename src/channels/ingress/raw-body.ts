import type { IncomingMessage } from 'node:http';
import { DomainError } from '../../platform/errors';

/**
 * The bytes of a request as they came.
 * @param limit bytes
 * @throws DomainError `payload_too_large`, `unsupported_media_type` for compressed bodies
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding !== 'identity') {
    return Promise.reject(new DomainError('unsupported_media_type', 'Send the body uncompressed.'));
  }
  const tooLarge = () => new DomainError('payload_too_large', `A webhook body may have ${limit} bytes at most.`);
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.pause();
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('aborted', () => reject(new DomainError('bad_request', 'The request ended early.')));
  });
}
