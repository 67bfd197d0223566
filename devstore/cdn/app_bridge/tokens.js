/* fetch to the app's own origin carries a fresh ID token; the bounce page trades itself for the page it names. */

const plainFetch = window.fetch.bind(window);
const RETRY = "X-Shopify-Retry-Invalid-Session-Request";

const send = async (request) => {
  if (!request.headers.has("Authorization") || request.headers.get(RETRY) === "1") {
    request.headers.set("Authorization", `Bearer ${await shopify.idToken()}`);
  }
  return plainFetch(request);
};

window.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input, location.href);
  if (!framed || url.origin !== location.origin) return plainFetch(input, init);
  const request = new Request(input instanceof Request ? input : url.href, init);
  const given = request.headers.has("Authorization");
  const again = request.clone();
  const response = await send(request);
  if (response.status === 401 && response.headers.get(RETRY) === "1" && !given) return send(again);
  const away = response.headers.get("X-Shopify-API-Request-Failure-Reauthorize-Url");
  if (response.status === 401 && away) tell("open", { url: new URL(away, location.href).href, target: "_top" });
  return response;
};

const bounce = async () => {
  const target = new URL(place.get("shopify-reload"), location.href);
  if (target.origin !== location.origin) return;
  if (!framed) {
    location.replace(`${adminOrigin}/admin`);
    return;
  }
  const token = await shopify.idToken();
  for (const name of ["shop", "host", "locale"]) {
    if (place.get(name) && !target.searchParams.has(name)) target.searchParams.set(name, place.get(name));
  }
  target.searchParams.set("embedded", "1");
  target.searchParams.set("id_token", token);
  location.replace(target);
};
