using EContract.Cli.Connections;
using EContract.Proto.Validation.V1;
using Google.Protobuf;

namespace EContract.Cli.Verification;

/// <summary>Has the server judge a file.</summary>
internal sealed class RemoteVerification(Connection connection) : IDisposable
{
    private const int ChunkSize = 256 * 1024;
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithIndentation());

    public async Task<ValidateDocumentResponse> ValidateAsync(
        FileInfo file,
        FileInfo? detached,
        IEnumerable<FileInfo> evidence,
        Options options,
        CancellationToken cancellationToken
    )
    {
        using var call = connection.Validation.ValidateDocument(cancellationToken: cancellationToken);
        var description = new DocumentDescription { Name = file.Name, Options = options };
        foreach (var record in evidence)
        {
            description.EvidenceRecords.Add(ByteString.CopyFrom(await File.ReadAllBytesAsync(record.FullName, cancellationToken)));
        }

        await call.RequestStream.WriteAsync(new ValidateDocumentRequest { Description = description }, cancellationToken);
        await SendAsync(file, part => call.RequestStream.WriteAsync(new ValidateDocumentRequest { Data = part }, cancellationToken));
        if (detached is not null)
        {
            await SendAsync(
                detached,
                part => call.RequestStream.WriteAsync(new ValidateDocumentRequest { Content = part }, cancellationToken)
            );
        }

        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }

    public static string ToJson(ValidateDocumentResponse answer) => Formatter.Format(answer.Report);

    public static Validation.Conclusions.Indication IndicationOf(ValidateDocumentResponse answer) =>
        answer.Report.Conclusion.Indication switch
        {
            Indication.TotalPassed => Validation.Conclusions.Indication.Passed,
            Indication.TotalFailed => Validation.Conclusions.Indication.Failed,
            _ => Validation.Conclusions.Indication.Indeterminate,
        };

    public void Dispose() => connection.Dispose();

    private static async Task SendAsync(FileInfo file, Func<ByteString, Task> send)
    {
        await using var stream = file.OpenRead();
        var block = new byte[ChunkSize];
        for (int count; (count = await stream.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false)) > 0; )
        {
            await send(ByteString.CopyFrom(block, 0, count));
        }
    }
}
