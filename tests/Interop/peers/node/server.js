'use strict';
// grpc.testing.TestService made with grpc-js. Prints "ready <port>". grpc-js decompresses requests; it never compresses responses.
// Usage: node server.js --port N [--tls-cert F --tls-key F --client-ca F]
const fs = require('fs');
const grpc = require('@grpc/grpc-js');
const testing = require('./testing');

const INITIAL = 'x-grpc-test-echo-initial';
const TRAILING = 'x-grpc-test-echo-trailing-bin';

function echo(call) {
  const headers = new grpc.Metadata();
  call.metadata.get(INITIAL).forEach((value) => headers.add(INITIAL, value));
  call.sendMetadata(headers);
  const trailers = new grpc.Metadata();
  call.metadata.get(TRAILING).forEach((value) => trailers.add(TRAILING, value));
  return trailers;
}

const payload = (size) => ({ type: 'COMPRESSABLE', body: Buffer.alloc(size) });
const asked = (request) => (request.response_status && request.response_status.code ? request.response_status : null);

function refuse(call, status, trailers) {
  call.emit('error', { code: status.code, details: status.message, metadata: trailers });
}

async function respond(call, parameters) {
  for (const wanted of parameters) {
    if (wanted.interval_us > 0) {
      await new Promise((resolve) => setTimeout(resolve, wanted.interval_us / 1000));
    }
    if (!call.write({ payload: payload(wanted.size) })) {
      await new Promise((resolve) => call.once('drain', resolve));
    }
  }
}

const service = {
  EmptyCall: (call, done) => done(null, {}, echo(call)),
  UnaryCall: (call, done) => {
    const trailers = echo(call);
    const status = asked(call.request);
    if (status) {
      done({ code: status.code, details: status.message, metadata: trailers });
    } else {
      done(null, { payload: payload(call.request.response_size) }, trailers);
    }
  },
  StreamingInputCall: (call, done) => {
    let sum = 0;
    const trailers = echo(call);
    call.on('data', (request) => (sum += request.payload.body.length));
    call.on('end', () => done(null, { aggregated_payload_size: sum }, trailers));
  },
  StreamingOutputCall: async (call) => {
    const trailers = echo(call);
    await respond(call, call.request.response_parameters);
    call.end(trailers);
  },
  FullDuplexCall: (call) => {
    const trailers = echo(call);
    let last = Promise.resolve(true);
    call.on('data', (request) => {
      last = last.then(async (open) => {
        const status = asked(request);
        if (open && status) {
          refuse(call, status, trailers);
        } else if (open) {
          await respond(call, request.response_parameters);
        }
        return open && !status;
      });
    });
    call.on('end', () => last.then((open) => open && call.end(trailers)));
  },
};

const args = testing.args();
const server = new grpc.Server();
server.addService(testing.TestService.service, service);
const credentials = args['tls-cert']
  ? grpc.ServerCredentials.createSsl(
      fs.readFileSync(args['client-ca']),
      [{ cert_chain: fs.readFileSync(args['tls-cert']), private_key: fs.readFileSync(args['tls-key']) }],
      true,
    )
  : grpc.ServerCredentials.createInsecure();
server.bindAsync(`127.0.0.1:${args.port || 0}`, credentials, (error, port) => {
  if (error) {
    throw error;
  }
  console.log(`ready ${port}`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0)); // the parent is gone
