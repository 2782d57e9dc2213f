'use strict';
// Loads grpc.testing from the protos of tests/Interop.Server.
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const root = path.join(__dirname, '..', '..', '..', 'Interop.Server', 'Protos');
const definition = loader.loadSync('grpc/testing/test.proto', {
  includeDirs: [root],
  keepCase: true,
  defaults: true,
  enums: String,
  longs: Number,
});

module.exports = grpc.loadPackageDefinition(definition).grpc.testing;

/** --name value pairs. */
module.exports.args = () => {
  const values = {};
  for (let i = 2; i < process.argv.length; i += 2) {
    values[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];
  }
  return values;
};
