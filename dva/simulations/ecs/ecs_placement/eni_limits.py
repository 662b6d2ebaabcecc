"""How many network interfaces an instance of Amazon EC2 can have, its primary one included, by type.

Of the default network card. From AWS's own table, generated from ec2:DescribeInstanceTypes (NetworkInfo) in 17 Regions:
aws/amazon-vpc-cni-k8s, pkg/vpc/vpc_ip_resource_limit.go, commit 6152e01c83bb of 2026-08-11; 1391 types.
"""

_SIZES = {
    1: ("hpc6id: 32xlarge; "),
    2: (
        "a1 c1 c6g c6gd c6gn c7a c7g c7gd c7gn c8a c8g c8gb c8gd c8gn c9g c9gd is4gen m3 m6g m6gd m7a m7g "
        "m7gd m8a m8g m8gb m8gd m8gn m9g m9gd r6g r6gd r7a r7g r7gd r8a r8g r8gb r8gd r8gn x2gd x8g: medium; "
        "g4ad: xlarge 2xlarge; "
        "g6f m4: large; "
        "hpc6a p5 p5e: 48xlarge; "
        "hpc7a: 12xlarge 24xlarge 48xlarge 96xlarge; "
        "hpc8a: 96xlarge; "
        "m1: small medium; "
        "t1: micro; "
        "t2 t3 t4g: nano micro; "
        "t3a: nano micro small; "
        "trn2: 3xlarge 48xlarge; "
    ),
    3: (
        "a1 c3 c4 c5 c5a c5ad c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c7i-flex c8a c8g "
        "c8gb c8gd c8gn c8i c8i-flex c8id c9g c9gd i3 i3en i4g i4i i7i i7ie i8g i8ge im4gn is4gen m1 m3 m5 "
        "m5a m5ad m5d m5dn m5n m5zn m6a m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i m7i-flex m8a m8g m8gb "
        "m8gd m8gn m8i m8i-flex m8id m9g m9gd r3 r4 r5 r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn "
        "r6in r7a r7g r7gd r7i r7iz r8a r8g r8gb r8gd r8gn r8i r8i-flex r8id x2gd x8g x8i z1d: large; "
        "d3: 8xlarge; "
        "d3en: 12xlarge; "
        "g4ad: 4xlarge; "
        "g4dn: xlarge 2xlarge 4xlarge; "
        "m8azn: medium; "
        "t2: small medium large xlarge 2xlarge; "
        "t3 t4g: small medium large; "
        "t3a: medium large; "
        "x1e: xlarge; "
    ),
    4: (
        "a1 c3 c4 c5 c5a c5ad c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c7i-flex c8a c8g "
        "c8gb c8gd c8gn c8i c8i-flex c8id c9g c9gd d2 g5 g5g g6 g6e g6f i2 i3 i4g i4i i7i i8g i8ge im4gn inf1 "
        "is4gen m2 m3 m4 m5 m5a m5ad m5d m5dn m5n m5zn m6a m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i "
        "m7i-flex m8a m8g m8gb m8gd m8gn m8i m8i-flex m8id m9g m9gd r3 r4 r5 r5a r5ad r5b r5d r5dn r5n r6a "
        "r6g r6gd r6i r6id r6idn r6in r7a r7g r7gd r7i r7iz r8a r8g r8gb r8gd r8gn r8i r8i-flex r8id t3 t3a "
        "t4g x2gd x2iedn x8g x8i z1d: xlarge 2xlarge; "
        "c1 inf2 m1: xlarge; "
        "c8ib c8in c8ine m8ib m8idb m8idn m8in m8ine r8ib r8idb r8idn r8in: large xlarge 2xlarge; "
        "d3: xlarge 2xlarge 4xlarge; "
        "d3en: xlarge 2xlarge 4xlarge 6xlarge 8xlarge; "
        "f1 g7 g7e h1 p3 trn1 x2iezn: 2xlarge; "
        "g4ad: 8xlarge; "
        "g4dn: 8xlarge 16xlarge; "
        "hpc7g: 4xlarge 8xlarge 16xlarge; "
        "i3en i7ie: xlarge 2xlarge 3xlarge; "
        "m8azn x8aedz: large xlarge; "
        "p5: 4xlarge; "
        "p5en p6-b200 p6-b300: 48xlarge; "
        "vt1: 3xlarge; "
        "x1e: 2xlarge 4xlarge 8xlarge; "
    ),
    5: ("trn1 trn1n: 32xlarge; u-12tb1 u-6tb1 u-9tb1: metal; "),
    6: ("i8ge: 3xlarge; "),
    7: ("g5: 48xlarge; "),
    8: (
        "a1: 4xlarge metal; "
        "c3 c4 c8ib c8in c8ine d2 g5g g6e g7e gr6 i2 i3 i4g im4gn is4gen m8ib m8idb m8idn m8in m8ine r3 r4 "
        "r8ib r8idb r8idn r8in x2iedn: 4xlarge 8xlarge; "
        "c5 c5d: 4xlarge 9xlarge 12xlarge; "
        "c5a c5ad c6a c6g c6gd c6gn c6i c6id c7a c7g c7gd c7gn c7i c7i-flex c8g c8gd g6 i4i i7i i8g m5 m5a "
        "m5ad m5d m5dn m5n m6a m6g m6gd m6i m6id m7a m7g m7gd m7i m7i-flex m8g m8gd r5 r5a r5ad r5b r5d r5dn "
        "r5n r6a r6g r6gd r6i r6id r7a r7g r7gd r7i r7iz r8g r8gd x2gd x8g: 4xlarge 8xlarge 12xlarge; "
        "c5n: 4xlarge 9xlarge; "
        "c6in m6idn m6in r6idn r6in: 4xlarge 8xlarge 12xlarge 32xlarge metal; "
        "c8a c8gb c8gn c8i c8i-flex c8id c9g c9gd g6f g7 gr6f m2 m8a m8gb m8gn m8i m8i-flex m8id m9g m9gd r8a "
        "r8gb r8gn r8i r8i-flex r8id x8i: 4xlarge; "
        "cr1 hs1 inf2: 8xlarge; "
        "f1: 4xlarge 16xlarge; "
        "f2 i3en i7ie: 6xlarge 12xlarge; "
        "g4ad: 16xlarge; "
        "g4dn: 12xlarge; "
        "g5 h1: 4xlarge 8xlarge 16xlarge; "
        "inf1 vt1: 6xlarge; "
        "m4: 4xlarge 10xlarge 16xlarge; "
        "m5zn m8azn x8aedz z1d: 3xlarge 6xlarge; "
        "mac-m3ultra mac-m4 mac-m4max mac-m4pro mac1 mac2 mac2-m1ultra mac2-m2 mac2-m2pro: metal; "
        "p3: 8xlarge 16xlarge; "
        "u-3tb1: 56xlarge; "
        "u7in-16tb u7in-24tb u7in-32tb: 224xlarge; "
        "x1 x1e: 16xlarge 32xlarge; "
        "x2iezn: 4xlarge 6xlarge 8xlarge; "
    ),
    10: (
        "c8a c8gb c8gn c8i c8i-flex c8id c9g c9gd g7 m8a m8gb m8gn m8i m8i-flex m8id m9g m9gd r8a r8gb r8gn "
        "r8i r8i-flex r8id x8i: 8xlarge; "
        "g6e g7e: 12xlarge 24xlarge 48xlarge; "
        "i8ge: 6xlarge; "
    ),
    11: ("inf1: 24xlarge; "),
    12: (
        "c8a c8i c8i-flex c8id c8ine c9g c9gd i8ge m8a m8i m8i-flex m8id m8ine m9g m9gd r8a r8i r8i-flex r8id "
        "x8i: 12xlarge; "
        "c8gb c8gn m8gb m8gn r8gb r8gn: 12xlarge 48xlarge metal-48xl; "
        "c8ib c8in m8ib m8idb m8idn m8in r8ib r8idb r8idn r8in: 12xlarge 96xlarge metal-96xl; "
        "g7: 12xlarge 48xlarge; "
    ),
    15: (
        "bmn-sf1 g4dn u-18tb1 u-24tb1: metal; "
        "c5 c5d: 18xlarge 24xlarge metal; "
        "c5a c5ad m5 m5d m5dn m5n r5 r5b r5d r5dn r5n: 16xlarge 24xlarge metal; "
        "c5n: 18xlarge metal; "
        "c6a m6a r6a: 16xlarge 24xlarge 32xlarge 48xlarge metal; "
        "c6g c6gd c7g c7gd c7gn g5g m6g m6gd m7g m7gd r6g r6gd r7g r7gd x2gd: 16xlarge metal; "
        "c6gn c7i-flex g6e i3 i4g im4gn m7i-flex r4: 16xlarge; "
        "c6i c6id i4i m6i m6id r6i r6id x2idn x2iedn: 16xlarge 24xlarge 32xlarge metal; "
        "c6in m5a m5ad m6idn m6in r5a r5ad r6idn r6in: 16xlarge 24xlarge; "
        "c7a m7a r7a: 16xlarge 24xlarge 32xlarge 48xlarge metal-48xl; "
        "c7i: 16xlarge 24xlarge 32xlarge 48xlarge metal-24xl metal-48xl; "
        "c8g c8gd i7i i8g m7i m8g m8gd r7i r8g r8gd x8g: 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl; "
        "dl1 dl2q p3dn p4d p4de vt1: 24xlarge; "
        "f2: 48xlarge; "
        "g5: 12xlarge 24xlarge; "
        "g6: 16xlarge 24xlarge 48xlarge; "
        "i3en: 24xlarge metal; "
        "i7ie: 18xlarge 24xlarge 48xlarge metal-24xl metal-48xl; "
        "inf2: 24xlarge 48xlarge; "
        "m5zn x2iezn z1d: 12xlarge metal; "
        "r7iz: 16xlarge 32xlarge metal-16xl metal-32xl; "
        "u-6tb1: 56xlarge 112xlarge; "
        "u7i-12tb: 224xlarge; "
        "u7i-6tb u7i-8tb: 112xlarge; "
    ),
    16: (
        "c8a m8a r8a: 16xlarge 24xlarge metal-24xl; "
        "c8gb c8gn c8i-flex c9g c9gd m8gb m8gn m8i-flex m9g m9gd r8gb r8gn r8i-flex: 16xlarge; "
        "c8i c8id m8i m8id r8i r8id x8i: 16xlarge 24xlarge; "
        "c8ib c8in m8ib m8idb m8idn m8in r8ib r8idb r8idn r8in: 16xlarge 24xlarge 32xlarge; "
        "i8ge: 18xlarge 24xlarge metal-24xl; "
        "m8azn x8aedz: 12xlarge 24xlarge metal-12xl metal-24xl; "
    ),
    24: (
        "c8a c8ib c8in i8ge m8a m8ib m8idb m8idn m8in r8a r8ib r8idb r8idn r8in: 48xlarge metal-48xl; "
        "c8gb c8gn m8gb m8gn r8gb r8gn: 24xlarge metal-24xl; "
        "c8i c8id m8i m8id r8i r8id: 32xlarge 48xlarge 96xlarge metal-48xl metal-96xl; "
        "c9g c9gd m9g m9gd: 24xlarge 48xlarge metal-48xl; "
        "g7: 24xlarge; "
        "x8i: 32xlarge 48xlarge 64xlarge 96xlarge metal-48xl metal-96xl; "
    ),
}
"""By the limit: families, and their sizes that have it."""


def _by_type() -> dict[str, int]:
    found: dict[str, int] = {}
    for limit, groups in _SIZES.items():
        for group in groups.split("; "):
            families, _, sizes = group.partition(":")
            found.update({f"{family}.{size}": limit for family in families.split() for size in sizes.split()})
    return found


ENI_LIMITS = _by_type()
"""Network interfaces by instance type."""
