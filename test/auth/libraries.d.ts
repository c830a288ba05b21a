// The parts of two libraries without types that the tests compare with.
declare module 'oauth-sign' {
  const oauthSign: {
    sign(
      method: 'HMAC-SHA1' | 'HMAC-SHA256',
      httpMethod: string,
      url: string,
      parameters: Readonly<Record<string, string | readonly string[]>>,
      consumerSecret: string,
      tokenSecret: string,
    ): string;
  };
  export default oauthSign;
}

declare module 'aws4' {
  interface AwsRequest {
    method: string;
    host: string;
    path: string;
    service: string;
    region: string;
    headers?: Record<string, string | number>;
    body?: string;
  }
  const aws4: {
    sign(
      request: AwsRequest,
      credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
    ): AwsRequest;
  };
  export default aws4;
}
