import { renderFirewall } from "../../rehearsal/cloud-firewall";

test("a server's firewall lets in what its rules say, from where they say, and answers to its own questions", () => {
  const everyone = ["0.0.0.0/0", "::/0"];
  const text = renderFirewall("rehearsal_test", [
    {
      id: 7,
      ipv4: "10.97.0.11",
      ipv6: "fd00:10:97::b",
      inbound: [
        { protocol: "tcp", ports: "22", addresses: ["192.0.2.0/24", "2001:db8::/32"] },
        { protocol: "tcp", ports: "443", addresses: everyone },
        { protocol: "udp", ports: "8000-9000", addresses: ["0.0.0.0/0"] },
        { protocol: "icmp", ports: "0", addresses: everyone },
      ],
    },
  ]);

  expect(text).toBe(`table bridge rehearsal_test
delete table bridge rehearsal_test
table bridge rehearsal_test {
  chain server_7 {
    tcp flags & (syn | ack) != syn accept
    udp dport 32768-60999 accept
    icmp type != echo-request accept
    icmpv6 type != echo-request accept
    ip saddr { 192.0.2.0/24 } tcp dport 22 accept
    ip6 saddr { 2001:db8::/32 } tcp dport 22 accept
    ether type ip tcp dport 443 accept
    ether type ip6 tcp dport 443 accept
    ether type ip udp dport 8000-9000 accept
    ether type ip meta l4proto { icmp, icmpv6 } accept
    ether type ip6 meta l4proto { icmp, icmpv6 } accept
    drop
  }
  chain output {
    type filter hook output priority 0
    ip daddr 10.97.0.11 jump server_7
    ip6 daddr fd00:10:97::b jump server_7
  }
  chain forward {
    type filter hook forward priority 0
    ip daddr 10.97.0.11 jump server_7
    ip6 daddr fd00:10:97::b jump server_7
  }
}
`);
});
