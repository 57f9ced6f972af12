// Files in and out, letters, own edits and moderation of many at once, as the server answers them.

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200"><rect width="320" height="200" fill="#8fc7c0"/><circle cx="90" cy="80" r="36" fill="#f3c46b"/><path d="M0 200 110 90l70 70 50-40 90 80z" fill="#0f5c5c"/></svg>';

/** A second of silence: 8 kHz, 8 bit, mono. */
function silence() {
  const wav = Buffer.alloc(44 + 8000, 128);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + 8000, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(8000, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(8000, 40);
  return wav;
}

/** The bytes behind `/attachments/<id>/file`. */
export const fileOf = (path) =>
  path.includes('audi') ? { type: 'audio/wav', bytes: silence() } : { type: 'image/svg+xml', bytes: PICTURE };

const OPPOSITE = { hide: 'unhide', unhide: 'hide', like: 'unlike', block: 'unblock' };

/** @param emit tells an event of a conversation; @param refuse makes a refusal */
export function mediaRoutes(world, state, emit, refuse) {
  const batches = new Map();
  const messages = () => [...world.messages.values()].flat();
  const start = (action, reason, messageIds, undoOf = null) => {
    const batch = {
      id: world.id('batc', batches.size + 1),
      action,
      reason,
      undoOf,
      undoneBy: null,
      total: messageIds.length,
      done: 0,
      failed: [],
      finishedAt: null,
    };
    batches.set(batch.id, batch);
    // The last of several cannot be done: there is always one.
    const refused = action === 'hide' && messageIds.length > 2 ? messageIds.at(-1) : null;
    setTimeout(() => {
      for (const message of messages())
        if (messageIds.includes(message.id) && message.id !== refused) {
          message.hiddenAt = action === 'hide' ? new Date().toISOString() : null;
          batch.done += 1;
        }
      if (refused) batch.failed.push({ messageId: refused, code: 'gone', reason: 'The network has no such comment.' });
      batch.finishedAt = new Date().toISOString();
      batch.doneIds = messageIds.filter((one) => one !== refused);
      emit('moderation.progress', {}, { batchId: batch.id });
    }, 300);
    return batch;
  };
  let uploads = 0;
  const files = { usedBytes: 8_700_000_000, limitBytes: 10_737_418_240, waiting: 3 };
  return [
    ['GET', /^\/workspace\/files$/, () => files],
    ['PUT', /^\/workspace\/files$/, (_m, { limitBytes }) => Object.assign(files, { limitBytes, waiting: 0 })],
    [
      'POST',
      /^\/uploads$/,
      (_m, bytes, _q, request) => {
        if (state.down) throw refuse(503, 'unavailable', 'The server is busy; try again in a moment.');
        uploads += 1;
        const type = request.headers['x-file-type'];
        const family = type.split('/')[0];
        return {
          id: world.id('uplo', uploads),
          kind: ['image', 'video', 'audio'].includes(family) ? family : 'file',
          name: decodeURIComponent(request.headers['x-file-name']),
          mimeType: type,
          sizeBytes: bytes.length,
        };
      },
    ],
    [
      'POST',
      /^\/attachments\/([\w-]+)\/refetch$/,
      ([, id]) => {
        for (const message of messages())
          for (const attachment of message.attachments)
            if (attachment.id === id) Object.assign(attachment, { state: 'pending', error: null });
        return {};
      },
    ],
    [
      'GET',
      /^\/conversations\/[\w-]+\/messages\/([\w-]+)\/original$/,
      () => ({
        text: null,
        html: '<p>سلام، فاکتور سفارش <b>A-48213</b> را بفرستید.</p><img data-attachment="0" alt="logo"><blockquote><p>On 20 Nov, Harbour wrote:</p><p>Your order is on its way. <a href="https://shop.example.ir/o/A-48213">Track it</a></p></blockquote>',
      }),
    ],
    [
      'PUT',
      /^\/messages\/([\w-]+)\/text$/,
      ([, id], { text }) => {
        const message = messages().find((one) => one.id === id);
        setTimeout(() => {
          Object.assign(message, { text, editedAt: new Date().toISOString(), versions: message.versions + 1 });
          emit('message.edited', { conversationId: message.conversationId, messageId: id }, { version: 2 });
        }, 100);
        return { state: 'queued' };
      },
    ],
    [
      'GET',
      /^\/conversations\/([\w-]+)\/permalink$/,
      ([, id]) => ({ url: id.endsWith('0001') ? 'https://www.instagram.com/p/Cx1/c/17/' : null }),
    ],
    [
      'POST',
      /^\/moderation\/bulk$/,
      (_m, { action, reason, messageIds, filter }) =>
        start(action, reason, messageIds ?? (filter ? [messages()[0].id] : [])),
    ],
    ['GET', /^\/moderation\/bulk\/([\w-]+)$/, ([, id]) => batches.get(id)],
    [
      'POST',
      /^\/moderation\/bulk\/([\w-]+)\/undo$/,
      ([, id]) => {
        const batch = batches.get(id);
        const undo = start(OPPOSITE[batch.action], batch.reason, batch.doneIds, id);
        batch.undoneBy = undo.id;
        return undo;
      },
    ],
  ];
}
