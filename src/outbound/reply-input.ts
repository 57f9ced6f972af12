import type { ReplyAttachment, ReplyBody } from './outbound.dto';
import type { AskedAttachment, ReplyInput } from './replies.service';

/** A reply as asked for. A template without words of its own shows as `name(value, value)`. */
export function replyInputOf({ text, template, attachments, ...rest }: ReplyBody): ReplyInput {
  const body = { ...rest, ...(attachments ? { attachments: attachments.map(asked) } : {}) };
  if (!template) return { ...body, text: text ?? '' };
  const { name, language, values = [] } = template;
  return { ...body, text: text ?? `${name}(${values.join(', ')})`, template: { name, language, values } };
}

/** The body was checked: without an upload, kind and address are there. */
function asked({ uploadId, kind = '', url = '', mimeType, name }: ReplyAttachment): AskedAttachment {
  if (uploadId !== undefined) return { uploadId };
  return { kind, url, ...(mimeType === undefined ? {} : { mimeType }), ...(name === undefined ? {} : { name }) };
}
