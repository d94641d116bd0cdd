// Denies every test the outside network: sockets may be opened to loopback only.
import dns from 'node:dns';
import net from 'node:net';

const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;
const realConnect = net.Socket.prototype.connect;

// biome-ignore lint/suspicious/noExplicitAny: connect has many overloads and all pass through here
net.Socket.prototype.connect = function connect(this: net.Socket, ...args: any[]) {
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof first === 'object' ? (first.host ?? 'localhost') : (args[1] ?? 'localhost');
  const isPath = typeof first === 'string' || (typeof first === 'object' && first.path);
  if (!isPath && !loopback.test(String(host)) && !(typeof first === 'object' && first.lookup)) {
    throw new Error(`A test tried to reach ${host}: tests may use loopback only`);
  }
  return realConnect.apply(this, args as never);
};

const realLookup = dns.lookup;
dns.lookup = ((hostname: string, ...rest: never[]) => {
  if (!loopback.test(hostname)) {
    throw new Error(`A test tried to resolve ${hostname}: tests may use loopback only`);
  }
  return (realLookup as (...all: unknown[]) => void)(hostname, ...rest);
}) as typeof dns.lookup;
