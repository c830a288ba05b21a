// RFC 5849's own requests, and the photographs of OAuth Core 1.0a (appendix A), with what their signature must be.
export interface OAuth1Vector {
  readonly from: string;
  readonly method: string;
  readonly url: string;
  /** A form, where there is one. */
  readonly form?: string;
  readonly consumer: readonly [key: string, secret: string];
  readonly token: readonly [token: string, secret: string] | null;
  readonly timestamp: number;
  readonly nonce: string;
  readonly version: boolean;
  readonly realm?: string;
  readonly more: readonly (readonly [string, string])[];
  readonly signature: string;
}

const PRINTER = ['dpf43f3p2l4k3l03', 'kd94hf93k423kf44'] as const;

export const OAUTH1_VECTORS: readonly OAuth1Vector[] = [
  {
    from: 'RFC 5849 § 1.2, temporary credentials',
    method: 'POST',
    url: 'https://photos.example.net/initiate',
    consumer: PRINTER,
    token: null,
    timestamp: 137131200,
    nonce: 'wIjqoS',
    version: false,
    realm: 'Photos',
    more: [['oauth_callback', 'http://printer.example.com/ready']],
    signature: '74KNZJeDHnMBp0EMJ9ZHt/XKycU=',
  },
  {
    from: 'RFC 5849 § 1.2, token credentials',
    method: 'POST',
    url: 'https://photos.example.net/token',
    consumer: PRINTER,
    token: ['hh5s93j4hdidpola', 'hdhd0244k9j7ao03'],
    timestamp: 137131201,
    nonce: 'walatlh',
    version: false,
    realm: 'Photos',
    more: [['oauth_verifier', 'hfdp7dh39dks9884']],
    signature: 'gKgrFCywp7rO0OXSjdot/IHF7IU=',
  },
  {
    from: 'RFC 5849 § 1.2, a photograph',
    method: 'GET',
    url: 'http://photos.example.net/photos?file=vacation.jpg&size=original',
    consumer: PRINTER,
    token: ['nnch734d00sl2jdk', 'pfkkdhi9sl3r4s00'],
    timestamp: 137131202,
    nonce: 'chapoH',
    version: false,
    realm: 'Photos',
    more: [],
    signature: 'MdpQcU8iPSUjWoN/UDMsK2sui9I=',
  },
  {
    // The RFC prints bYT5CMsGcbgUdFHObYMEfcx6bsw=, which its own key does not give: errata 2550.
    from: 'RFC 5849 § 3.1, query and form, by its errata',
    method: 'POST',
    url: 'http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
    form: 'c2&a3=2+q',
    consumer: ['9djdj82h48djs9d2', 'j49sk3j29djd'],
    token: ['kkk9d7dh3k39sjv7', 'dh893hdasih9'],
    timestamp: 137131201,
    nonce: '7d8f3e4a',
    version: false,
    realm: 'Example',
    more: [],
    signature: 'r6/TJjbCOr97/+UU0NsvSne7s5g=',
  },
  {
    from: 'OAuth Core 1.0a appendix A.5, the photographs',
    method: 'GET',
    url: 'http://photos.example.net/photos?file=vacation.jpg&size=original',
    consumer: PRINTER,
    token: ['nnch734d00sl2jdk', 'pfkkdhi9sl3r4s00'],
    timestamp: 1191242096,
    nonce: 'kllo9940pd9333jh',
    version: true,
    more: [],
    signature: 'tR3+Ty81lMeYAr/Fid0kMTYa/WM=',
  },
];

/** RFC 5849 § 3.4.1.1, over the fourth row. */
export const BASE_STRING =
  'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26' +
  'oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26' +
  'oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7';
