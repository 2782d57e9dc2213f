using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using EContract.Interop.Tests.Probe;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace EContract.Interop.Tests.Client;

/// <summary>What scripted servers send.</summary>
internal static class Answers
{
    public static byte[] Frame(byte[] message, byte flag = 0)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Frame(string text) => Frame(ProbeMethods.Message(text).ToByteArray());

    public static byte[] Gzip(byte[] message)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(message);
        }

        return compressed.ToArray();
    }

    /// <summary>Body, then trailers with the status.</summary>
    public static async Task AnswerAsync(this HttpContext context, byte[] body, StatusCode status = StatusCode.OK)
    {
        await context.Response.Body.WriteAsync(body);
        context.Response.AppendTrailer("grpc-status", ((int)status).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Only headers, the status among them.</summary>
    public static Task RefuseAsync(this HttpContext context, StatusCode status, string? pushback = null)
    {
        context.Response.Headers["grpc-status"] = ((int)status).ToString(CultureInfo.InvariantCulture);
        if (pushback is not null)
        {
            context.Response.Headers["grpc-retry-pushback-ms"] = pushback;
        }

        return Task.CompletedTask;
    }

    /// <summary>Reads requests until there are as many, or to the end.</summary>
    public static async Task<List<string>> ReadRequestsAsync(this HttpContext context, int count = int.MaxValue)
    {
        var texts = new List<string>();
        var prefix = new byte[5];
        while (texts.Count < count && await context.Request.Body.ReadAtLeastAsync(prefix, 5, throwOnEndOfStream: false) == 5)
        {
            var message = new byte[BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1))];
            await context.Request.Body.ReadExactlyAsync(message);
            texts.Add(Google.Protobuf.WellKnownTypes.BytesValue.Parser.ParseFrom(message).Text());
        }

        return texts;
    }
}
