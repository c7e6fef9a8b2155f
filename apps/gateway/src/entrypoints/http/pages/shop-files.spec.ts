import { acceptedCards } from '../../../../web/shop/words';
import { ADMIN_HEADERS, shopPages } from './shop-files';

const BUILT = '<body><div id="shop"></div></body>';

/** The tokens that the page with this root element offers. */
function offered(sandboxFaults: boolean): string[] {
  const page = shopPages(BUILT, sandboxFaults).shop.toString();
  const dataset = page.includes(' data-sandbox-faults>') ? { sandboxFaults: '' } : {};
  return acceptedCards({ dataset }).map(([token]) => token);
}

describe('the page of the shop', () => {
  it('offers every test card where faults are accepted', () => {
    expect(offered(true)).toHaveLength(7);
  });

  it('offers none that delays or loses answers where the server refuses them', () => {
    expect(offered(false)).toEqual(['tok_ok', 'tok_3ds', 'tok_declined']);
  });

  it('has another entity tag for another content', () => {
    expect(shopPages(BUILT, true).etag).not.toBe(shopPages(BUILT, false).etag);
  });
});

it('the page of merchants loads pictures from nowhere else', () => {
  expect(JSON.stringify(ADMIN_HEADERS)).toContain("img-src 'self' data:;");
});
