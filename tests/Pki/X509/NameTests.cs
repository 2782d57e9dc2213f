using System.Security.Cryptography.X509Certificates;
using EContract.Pki.X509;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EContract.Pki.Tests.X509;

/// <summary>Names and times as RFC 5280 wants them, compared with the framework's reading.</summary>
public sealed class NameTests
{
    [Fact]
    public void Japanese_is_utf8_and_the_country_printable()
    {
        var name = DistinguishedName.Of(("C", "JP"), ("CN", "山田 太郎"));
        Assert.Contains("山田 太郎", new X500DistinguishedName(name.Encoded.Span).Name, StringComparison.Ordinal);
        Assert.Equal(0x13, name.Encoded.Span[11]); // PrintableString
        Assert.Equal("CN=山田 太郎,C=JP", name.ToString());
    }

    [Fact]
    public void Any_text_survives() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<NonEmptyString>(),
                text =>
                {
                    // Lone surrogates are no Unicode text and are refused.
                    try
                    {
                        var name = DistinguishedName.Of(("CN", text.Get));
                        return DistinguishedName.Decode(name.Encoded).Find(Oids.CommonName) == text.Get;
                    }
                    catch (MalformedException)
                    {
                        return text.Get.Any(char.IsSurrogate);
                    }
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(2049, 0x17)]
    [InlineData(2050, 0x18)]
    [InlineData(9999, 0x18)]
    public void Times_switch_to_GeneralizedTime_in_2050(int year, byte tag)
    {
        var time = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var encoded = Asn1.Der.Encode(w => CertificateTime.Encode(w, time));
        Assert.Equal(tag, encoded[0]);
        Assert.Equal(time, Asn1.Der.Decode(encoded, "RFC 5280 §4.1.2.5", CertificateTime.Decode));
    }

    [Fact]
    public void A_serial_of_128_random_bits_is_positive()
    {
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(SerialNumber.CreateRandom().IsConforming);
        }
    }
}
