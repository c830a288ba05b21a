// The part of a library that the tests use, whose own types fit no import of this project's kind.
declare module '@woocommerce/woocommerce-rest-api' {
  interface Answer {
    // biome-ignore lint/suspicious/noExplicitAny: a platform's answer is looked into, field by field
    readonly data: any;
    readonly headers: Readonly<Record<string, string>>;
  }
  export default class WooCommerceRestApi {
    constructor(options: {
      url: string;
      consumerKey: string;
      consumerSecret: string;
      version?: string;
      queryStringAuth?: boolean;
    });
    get(endpoint: string, params?: Readonly<Record<string, string | number>>): Promise<Answer>;
    put(endpoint: string, data: object): Promise<Answer>;
  }
}

declare module 'node-bigcommerce' {
  export default class BigCommerce {
    constructor(options: object);
    authorize(query: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>>;
    // biome-ignore lint/suspicious/noExplicitAny: a platform's answer is looked into, field by field
    get(path: string): Promise<any>;
  }
}
