import { createServer } from 'node:http';
import { Server } from 'socket.io';

/** Raw socket.io: a client names its room, and a timer emits events of the product's size into rooms in turn. */
const rate = Number(process.env['RATE']);
const rooms = Number(process.env['ROOMS']);
const TICK_MS = 10;

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
io.on('connection', (socket) => {
  void socket.join(`room:${String(socket.handshake.auth['room'])}`);
});
let owed = 0;
let n = 0;
setInterval(() => {
  for (owed += (rate * TICK_MS) / 1000; owed >= 1; owed -= 1) {
    n += 1;
    const id = '01890000-0000-7000-8000-000000000000';
    const event = { position: n, type: 'message.received', workspaceId: id, at: new Date().toISOString() };
    const rest = { actor: { kind: 'contact' }, ticketId: id, conversationId: id, contactId: id, messageId: id };
    io.to(`room:${n % rooms}`).emit('events', [{ ...event, ...rest, data: { seq: n, direction: 'in', kind: 'dm' } }]);
  }
}, TICK_MS);
http.listen(Number(process.env['PORT']), '127.0.0.1', () => process.send?.('ready'));
