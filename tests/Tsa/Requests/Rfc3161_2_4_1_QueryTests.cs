using EContract.Pki;
using EContract.Pki.Tsp;
using EContract.TestKit;
using EContract.Tsa.Requests;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Tsa.Tests.Requests;

public sealed class Rfc3161_2_4_1_QueryTests
{
    [Fact]
    public void The_view_takes_the_same_queries_as_the_plain_reader_and_sees_the_same_in_them() =>
        Prop.ForAll(Arb.From(QueryCorpus.Mutated), AssertSame).Check(PropertyRuns.Of(20000));

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("3080")]
    [InlineData("3000")]
    [InlineData("308400000000")]
    [InlineData("30820000")]
    [InlineData("3003020101")]
    [InlineData("30848000000002010100")]
    [InlineData("3084ffffffff020101")]
    public void Fragments_are_refused(string hex) => AssertSame(Convert.FromHexString(hex));

    private static void AssertSame(byte[] bytes)
    {
        TimeStampReq? plain = null;
        try
        {
            plain = TimeStampReq.Decode(bytes);
        }
        catch (MalformedException) { }

        bool parsed = TimeStampQuery.TryParse(bytes, out TimeStampQuery view);
        if (plain is null)
        {
            // The view does not look inside parameters that will be refused, nor at the size of the version.
            Assert.True(
                !parsed || RequestCheck.HashParameters(view) is not null || RequestCheck.Version(view) is not null,
                Convert.ToHexString(bytes)
            );
            return;
        }

        Assert.True(parsed, Convert.ToHexString(bytes));
        Assert.Equal(plain.MessageImprint.HashedMessage.ToArray(), view.HashedMessage.ToArray());
        Assert.Equal(plain.MessageImprint.HashAlgorithm.Parameters.GetValueOrDefault().ToArray(), view.HashParameters.ToArray());
        Assert.Equal(plain.CertReq, view.CertReq);
        Assert.Equal(plain.Extensions.HasValue, view.HasExtensions);
        Assert.Equal(plain.Nonce.HasValue, !view.Nonce.IsEmpty);
        Assert.Equal(plain.Version == 1, RequestCheck.Version(view) is null);
        Assert.Equal(Oid(plain.ReqPolicy), view.Policy.ToArray());
        Assert.Equal(Oid(plain.MessageImprint.HashAlgorithm.Oid), view.HashAlgorithm.ToArray());
    }

    private static byte[] Oid(string? dotted)
    {
        if (dotted is null)
        {
            return [];
        }

        byte[] encoded = Pki.Asn1.Der.Encode(writer => writer.WriteObjectIdentifier(dotted));
        return encoded[(encoded.Length - (encoded[1] < 0x80 ? encoded[1] : encoded.Length - 2 - (encoded[1] & 0x7F)))..];
    }
}
