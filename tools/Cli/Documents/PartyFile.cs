using EContract.Cli.Connections;
using EContract.Proto.Signer.V1;
using Google.Protobuf;

namespace EContract.Cli.Documents;

/// <summary>Who signs a document, in order, as a JSON array of <c>econtract.signer.v1.Party</c>.</summary>
internal static class PartyFile
{
    /// <exception cref="CommandException">The file is not what it should be.</exception>
    public static IReadOnlyList<Party> Read(FileInfo? file)
    {
        if (file is null)
        {
            return [];
        }

        try
        {
            return DocumentDescription.Parser.ParseJson($$"""{"parties":{{File.ReadAllText(file.FullName)}}}""").Parties;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException)
        {
            throw new CommandException(
                $"{file.Name}: {e.Message} An array is wanted: [{{\"subscriberId\": \"sub_…\", \"kind\": \"PARTY_KIND_PERSON\", \"role\": \"債務者\"}}, …]"
            );
        }
    }
}
