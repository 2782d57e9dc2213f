using System.Globalization;
using System.Text;
using EContract.Tsa.Requests;
using EContract.Tsa.Units;

namespace EContract.Tsa.Http;

/// <summary>What a person who opens the address in a browser reads.</summary>
internal static class TsaDescription
{
    /// <param name="basis">What the time is proven by: said here because who relies on a token should know.</param>
    public static string Of(TsuListener listener, string basis)
    {
        var text = new StringBuilder();
        text.AppendLine("Time-stamp authority (RFC 3161, RFC 5816). POST a TimeStampReq as application/timestamp-query:");
        text.AppendLine();
        text.AppendLine("  openssl ts -query -data FILE -sha256 -cert -out query.tsq");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"  curl -H 'Content-Type: application/timestamp-query' --data-binary @query.tsq http://HOST{listener.Path} -o reply.tsr"
        );
        text.AppendLine("  openssl ts -verify -queryfile query.tsq -in reply.tsr -CAfile root.pem");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"time: {basis}");
        foreach (Tsu unit in listener.Units)
        {
            IEnumerable<ImprintDigest> digests = Enum.GetValues<ImprintDigest>().Where(unit.Accepts);
            text.AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"unit {unit.Name}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  policies   {string.Join(", ", unit.Options.Policies)}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  digests    {string.Join(", ", digests)}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  accuracy   {unit.Options.Accuracy.TotalSeconds} s, ordering not promised");
        }

        return text.ToString();
    }
}
