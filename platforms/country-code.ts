// ISO 3166-1 alpha-3 → alpha-2, for platforms that tell the longer one: the countries their sellers send to. Another one is not guessed at. Pure.

const ALPHA_2: ReadonlyMap<string, string> = new Map(
  [
    'ARE:AE ARG:AR AUS:AU AUT:AT BEL:BE BGR:BG BOL:BO BRA:BR CAN:CA CHE:CH CHL:CL CHN:CN COL:CO CRI:CR CYP:CY CZE:CZ DEU:DE DNK:DK DOM:DO ECU:EC ESP:ES EST:EE FIN:FI',
    'FRA:FR GBR:GB GRC:GR GTM:GT HKG:HK HND:HN HRV:HR HUN:HU IDN:ID IND:IN IRL:IE ISL:IS ISR:IL ITA:IT JPN:JP KOR:KR LIE:LI LTU:LT LUX:LU LVA:LV MCO:MC MEX:MX MLT:MT',
    'MYS:MY NIC:NI NLD:NL NOR:NO NZL:NZ PAN:PA PER:PE PHL:PH POL:PL PRT:PT PRY:PY QAT:QA ROU:RO SAU:SA SGP:SG SLV:SV SVK:SK SVN:SI SWE:SE THA:TH TUR:TR TWN:TW UKR:UA',
    'URY:UY USA:US VEN:VE VNM:VN ZAF:ZA',
  ]
    .flatMap((row) => row.split(' '))
    .map((pair) => [pair.slice(0, 3), pair.slice(4)] as const),
);

/** A code of two letters stays; one of three is looked up; null for anything else. */
export function alpha2Of(code: string | null): string | null {
  if (code === null || /^[A-Za-z]{2}$/.test(code)) return code;
  return ALPHA_2.get(code.toUpperCase()) ?? null;
}
