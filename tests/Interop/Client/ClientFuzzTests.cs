using System.Net;
using EContract.Grpc.Client;
using EContract.Interop.Tests.Probe;
using EContract.TestKit;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace EContract.Interop.Tests.Client;

/// <summary>
/// Whatever bytes, headers and trailers come back, a call ends with a response or an <see cref="RpcException"/>: it throws nothing
/// else and never hangs. A service config is read or refused with <see cref="FormatException"/>.
/// </summary>
public sealed class ClientFuzzTests
{
    private static readonly Gen<byte[]> Bodies = Gen.OneOf(
        Gen.Choose(0, 255).Select(octet => (byte)octet).ArrayOf(),
        Gen.Choose(0, 2).Select(flag => Answers.Frame([0x0A, 0x01, 0x41], (byte)flag)),
        Gen.Choose(0, 12).Select(length => Answers.Frame("answer")[..length]),
        Gen.Choose(0, 255).ArrayOf(8).Select(octets => Answers.Frame([.. octets.Select(octet => (byte)octet)], (byte)(octets[0] & 1)))
    );

    private static readonly Gen<string> Statuses = Gen.Elements("0", "0", "14", "99", "-1", "", "0,0", "zero");
    private static readonly Gen<string> Encodings = Gen.Elements("", "identity", "gzip", "br");
    private static readonly Gen<string> Binaries = Gen.Elements("", "AA", "AA==", "A", "!!", "AA,BB", " ");
    private static readonly Gen<string> Types = Gen.Elements("application/grpc", "application/grpc+proto", "text/html", "");

    [Fact]
    public void A_call_ends_with_a_response_or_a_status()
    {
        var answers =
            from body in Bodies
            from status in Statuses
            from encoding in Encodings
            from binary in Binaries
            from type in Types
            from inHeaders in Gen.Elements(false, false, false, true)
            from http in Gen.Elements(200, 200, 200, 204, 404, 503)
            select (body, status, encoding, binary, type, inHeaders, http);
        Prop.ForAll(
                answers.ToArbitrary(),
                answer =>
                {
                    using var channel = GrpcChannel.ForAddress("http://fuzz", new GrpcChannelOptions { HttpHandler = new Canned(answer) });
                    Assert.True(EndsAsync(channel).Wait(TimeSpan.FromSeconds(30)), "the call hangs");
                }
            )
            .Check(PropertyRuns.Of(2000));
    }

    [Fact]
    public void A_service_config_is_read_or_refused()
    {
        const string valid =
            """{"methodConfig":[{"name":[{"service":"a","method":"b"}],"retryPolicy":{"maxAttempts":4,"initialBackoff":"0.1s","maxBackoff":"1s","backoffMultiplier":2,"retryableStatusCodes":["UNAVAILABLE"]}}],"retryThrottling":{"maxTokens":10,"tokenRatio":0.1}}""";
        Assert.Equal(4, ServiceConfig.Parse(valid).MethodConfigs[0].RetryPolicy!.MaxAttempts);
        var mutations =
            from at in Gen.Choose(0, valid.Length - 1)
            from count in Gen.Choose(0, 12)
            from insert in Gen.Elements("", "0", "-1", "\"", "{", "}", "null", "[]", "1e999", "99999999999999999999", ",")
            select valid.Remove(at, Math.Min(count, valid.Length - at)).Insert(at, insert);
        Prop.ForAll(
                mutations.ToArbitrary(),
                json =>
                {
                    try
                    {
                        ServiceConfig.Parse(json);
                    }
                    catch (FormatException)
                    {
                        // refused
                    }
                }
            )
            .Check(PropertyRuns.Of(3000));
    }

    private static async Task EndsAsync(GrpcChannel channel)
    {
        var invoker = channel.CreateCallInvoker();
        try
        {
            await invoker.AsyncUnaryCall(ProbeMethods.Unary, null, default, new BytesValue());
        }
        catch (RpcException)
        {
            // a status
        }

        using var call = invoker.AsyncServerStreamingCall(ProbeMethods.ServerStreaming, null, default, new BytesValue());
        try
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None)) { }
        }
        catch (RpcException failure)
        {
            Assert.Equal(failure.StatusCode, call.GetStatus().StatusCode);
        }
    }

    private sealed class Canned((byte[] Body, string Status, string Encoding, string Binary, string Type, bool InHeaders, int Http) answer)
        : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            var response = new HttpResponseMessage((HttpStatusCode)answer.Http)
            {
                Version = HttpVersion.Version20,
                Content = new ByteArrayContent(answer.Body),
            };
            response.Content.Headers.TryAddWithoutValidation("content-type", answer.Type);
            response.Headers.TryAddWithoutValidation("grpc-encoding", answer.Encoding);
            var end = answer.InHeaders ? response.Headers : response.TrailingHeaders;
            end.TryAddWithoutValidation("grpc-status", answer.Status);
            end.TryAddWithoutValidation("x-bin", answer.Binary);
            return response;
        }
    }
}
