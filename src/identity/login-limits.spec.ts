import { network } from './login-limits';

describe('an address to count by', () => {
  it.each([
    ['IPv4 as it is', '203.0.113.7', '203.0.113.7'],
    ['IPv4 in IPv6 clothes', '::ffff:203.0.113.7', '203.0.113.7'],
    ['IPv6 by its network', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['IPv6 written short', '2001:db8::6', '2001:db8:0:0::/64'],
    ['IPv6 with leading zeros', '2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['loopback', '::1', '0:0:0:0::/64'],
    ['with a zone', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['something else as it is', 'unknown', 'unknown'],
  ])('%s', (_, address, expected) => expect(network(address)).toBe(expected));
});
