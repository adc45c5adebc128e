# A filter as a picture: boxes in layers, ways with arrows, a small box for each way to a return.
-- cmd
waggle filter -y EN10MB --graph svg ip
-- stdout
<svg xmlns="http://www.w3.org/2000/svg" width="249" height="182" viewBox="0 0 249 182">
<style>
text { font: 11px monospace; fill: #222 }
.label { fill: #777 }
rect { fill: #fff; stroke: #555 }
.accept { fill: #dff2df; stroke: #4a4 }
.reject { fill: #f7e0e0; stroke: #c66 }
.far { fill: #eef; stroke: #88b }
.way, .back { fill: none; stroke: #777 }
.back { stroke-dasharray: 4 3 }
</style>
<defs><marker id="arrow" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="#777"/></marker></defs>
<rect width="100%" height="100%" style="stroke: none"/>
<text class="label" x="114" y="97" text-anchor="start">yes</text>
<path class="way" d="M110 84 C110 107 74 107 74 130 " marker-end="url(#arrow)"/>
<text class="label" x="146" y="97" text-anchor="end">no</text>
<path class="way" d="M150 84 C150 107 187 107 187 130 " marker-end="url(#arrow)"/>
<rect class="block" x="31" y="20" width="198" height="64" rx="3"/>
<text x="39" y="40">b0:</text>
<text x="39" y="56">&#160;&#160;v0:&#160;i32&#160;=&#160;packet&#160;12&#160;2</text>
<text x="39" y="72">&#160;&#160;branch&#160;v0&#160;eq&#160;0x800&#160;b4&#160;b3</text>
<rect class="accept" x="20" y="130" width="107" height="32" rx="12"/>
<text x="28" y="150">return&#160;262144</text>
<rect class="reject" x="151" y="130" width="72" height="32" rx="12"/>
<text x="159" y="150">return&#160;0</text>
</svg>
-- cmd
waggle filter -y EN10MB -O --graph svg 'udp port 53' 2>&1 | grep -c '<path'
-- stdout
21
-- cmd
waggle filter -y EN10MB -O --graph svg 'host 10.0.0.1 or 10.0.0.3 or 10.0.0.5 or 10.0.0.7 or 10.0.0.9' | grep -o '0xa000001<\|0x[0-9a-f]*\.\.0xffffffff<' | sort -u
-- stdout
0xa000001<
0xa00000a..0xffffffff<
-- cmd
waggle filter -y EN10MB --graph=png ip
-- stderr
waggle filter: error: option '--graph' cannot be 'png'
      = it takes one of: svg, dot
-- exit 2
