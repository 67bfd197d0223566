// Ask Shopify's Node library whether a signature is good.
// stdin, one JSON object a line:
//   {"kind": "webhook", "secret", "body", "headers": {...}}
//   {"kind": "oauth" | "app_proxy", "secret", "query": {...}}
//   {"kind": "id_token", "secret", "api_key", "token"}
// stdout, one JSON object a line: {"valid": true | false, "why": what the library said against it}
import '@shopify/shopify-api/adapters/node';
import {ApiVersion, shopifyApi} from '@shopify/shopify-api';
import {createInterface} from 'node:readline';

const library = (apiSecretKey, apiKey = 'key') =>
  shopifyApi({
    apiKey,
    apiSecretKey,
    apiVersion: ApiVersion.October26,
    scopes: ['read_orders'],
    hostName: 'app.example.com',
    isEmbeddedApp: true,
    logger: {level: 0},
  });

const questions = {
  async webhook({secret, body, headers}) {
    const rawRequest = {method: 'POST', url: '/webhooks', headers};
    const answer = await library(secret).webhooks.validate({rawBody: body, rawRequest});
    return {valid: answer.valid, why: answer.reason};
  },
  async oauth({secret, query}) {
    return {valid: await library(secret).utils.validateHmac(query)};
  },
  async app_proxy({secret, query}) {
    return {valid: await library(secret).utils.validateHmac(query, {signator: 'appProxy'})};
  },
  async id_token({secret, api_key, token}) {
    return {valid: Boolean(await library(secret, api_key).session.decodeSessionToken(token))};
  },
};

for await (const line of createInterface({input: process.stdin})) {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = await questions[question.kind](question);
  } catch (fault) {
    answer = {valid: false, why: String(fault.message).slice(0, 200)};
  }
  console.log(JSON.stringify(answer));
}
