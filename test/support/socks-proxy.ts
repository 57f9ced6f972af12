import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SocksOptions {
  /** Asked for when given. */
  user?: string;
  password?: string;
  /** Nobody is reached. */
  refuses?: boolean;
}

/** A SOCKS 5 proxy on loopback (RFC 1928, 1929) that remembers whom it was asked for. */
export async function startSocks({ user, password, refuses }: SocksOptions = {}) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    void serve(client).catch(() => client.destroy());
  });

  async function serve(client: Socket): Promise<void> {
    const read = reader(client);
    const [, methods = 0] = await read(2);
    await read(methods);
    client.write(Buffer.from([5, user === undefined ? 0 : 2]));
    if (user !== undefined) {
      const [, userLength = 0] = await read(2);
      const given = (await read(userLength)).toString();
      const [passwordLength = 0] = await read(1);
      const right = given === user && (await read(passwordLength)).toString() === password;
      client.write(Buffer.from([1, right ? 0 : 1]));
      if (!right) return void client.end();
    }
    const [, , , type] = await read(4);
    const host = type === 1 ? [...(await read(4))].join('.') : (await read((await read(1))[0]!)).toString();
    const port = (await read(2)).readUInt16BE();
    asked.push(`${host}:${port}`);
    const reply = (code: number) => client.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
    if (refuses) return void reply(4);
    const onward = connect(port, host, () => {
      reply(0);
      client.pipe(onward).pipe(client);
    });
    sockets.add(onward);
    onward.on('error', () => client.destroy());
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Reads exactly so many bytes at a time; what comes beyond them waits for the next. */
function reader(socket: Socket): (length: number) => Promise<Buffer> {
  return async (length) => {
    for (;;) {
      const bytes = length === 0 ? Buffer.alloc(0) : (socket.read(length) as Buffer | null);
      if (bytes?.length === length) return bytes;
      await new Promise<void>((resolve, reject) => {
        socket.once('readable', resolve);
        socket.once('close', () => reject(new Error('It left.')));
      });
    }
  };
}
