/**
 * The currencies of ISO 4217 with their number of decimals, for server, command line and pages. `Intl` cannot
 * be used:
 * CLDR has 0 decimals for HUF, IDR, COP, PKR and others where ISO 4217 and payment providers have 2, and
 * browsers differ.
 *
 * Source: ISO 4217 list one (SIX, the maintenance agency), published 2024-06-25, with the amendments since
 * then that add a code (XCG and XAD in 2025). Codes withdrawn since (ANG, BGN, CUC) stay: drops may be priced
 * in them. Codes without a minor unit in ISO 4217 (metals, bond market units, XDR, XSU, XUA, XTS, XXX) are
 * left out.
 */
const BY_DECIMALS: readonly [decimals: number, codes: string][] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC ' +
      'CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT ' +
      'LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON ' +
      'RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD ' +
      'XCD XCG YER ZAR ZMW ZWG',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const DECIMALS = new Map(
  BY_DECIMALS.flatMap(([decimals, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, decimals]),
  ),
);

/** All codes, in alphabetical order. */
export const CURRENCIES: readonly string[] = [...DECIMALS.keys()].sort();

export function isCurrency(code: string): boolean {
  return DECIMALS.has(code);
}

/** For codes that are not in the list; a ledger may contain withdrawn ones. */
const DECIMALS_OF_OTHERS = 2;

/** Number of decimals of the currency (ISO 4217): EUR 2, JPY 0, KWD 3. */
export function currencyDecimals(currency: string): number {
  return DECIMALS.get(currency) ?? DECIMALS_OF_OTHERS;
}
