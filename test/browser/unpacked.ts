// The browser is unpacked at its first use: once before the tests, or two processes that begin together write the same file.
import chromium from '@sparticuz/chromium';

export default async function setUp(): Promise<void> {
  await chromium.executablePath();
}
