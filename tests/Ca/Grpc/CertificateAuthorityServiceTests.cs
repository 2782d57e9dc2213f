using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Proto.Ca.V1;
using EContract.Proto.Ra.V1;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace EContract.Ca.Tests.Grpc;

/// <summary>econtract.ca.v1.CertificateAuthorityService on the wire.</summary>
public sealed class CertificateAuthorityServiceTests(CaEdge edge) : IClassFixture<CaEdge>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_issued_certificate_comes_with_its_chain_and_is_found_again()
    {
        var change = await edge.RegisterAsync(CaEdge.Individual("発行 太郎"));
        var certificate = await edge.IssueAsync(change.ApplicationId);
        Assert.Equal(CertificateStatus.Good, certificate.Status);
        Assert.Equal((change.SubscriberId, change.ApplicationId), (certificate.SubscriberId, certificate.ApplicationId));
        Assert.Equal(2, certificate.Chain.Count);
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.Certificate_.Span);
        Assert.Equal(certificate.SerialNumber.TrimStart('0'), leaf.SerialNumber.TrimStart('0'));
        Assert.Equal(certificate, (await edge.Portal.GetCertificateAsync(new() { SerialNumber = certificate.SerialNumber })).Certificate);
    }

    [Fact]
    public async Task Certificates_are_listed_by_status_in_pages_and_exported_as_a_stream()
    {
        var subscriber = (await edge.RegisterAsync(CaEdge.Individual("頁 太郎"))).SubscriberId;
        for (var i = 0; i < 4; i++)
        {
            await edge.ChangeAsync(
                new()
                {
                    Apply = new() { SubscriberId = subscriber, CertificateProfile = "subscriber-individual" },
                }
            );
        }

        var serials = new List<string>();
        foreach (var application in (await edge.SignerRa.ListApplicationsAsync(new() { SubscriberId = subscriber })).Applications)
        {
            serials.Add((await edge.IssueAsync(application.ApplicationId)).SerialNumber);
        }

        await edge.ChangeAsync(
            new()
            {
                Revoke = new() { SerialNumber = serials[0], Reason = "keyCompromise" },
            }
        );
        await edge.ChangeAsync(new() { Hold = new() { SerialNumber = serials[1] } });
        Assert.Equal(serials.Order(StringComparer.Ordinal), (await ListAsync(subscriber, default)).Order(StringComparer.Ordinal));
        Assert.Equal([serials[0]], await ListAsync(subscriber, CertificateStatus.Revoked));
        Assert.Equal([serials[1]], await ListAsync(subscriber, CertificateStatus.OnHold));
        Assert.Equal(3, (await ListAsync(subscriber, CertificateStatus.Good)).Distinct().Count());
        Assert.Empty(await ListAsync(subscriber, CertificateStatus.Expired));

        using var export = edge.Admin.ExportCertificates(new() { Authority = "subscribers" });
        var exported = new List<string>();
        await foreach (var one in export.ResponseStream.ReadAllAsync(Ct))
        {
            Assert.Equal("subscribers", one.Certificate.Authority);
            exported.Add(one.Certificate.SerialNumber);
        }

        Assert.Equal(serials.Count, exported.Intersect(serials).Count());
    }

    [Fact]
    public async Task A_stolen_service_certificate_certifies_no_key_of_the_thief()
    {
        var change = await edge.RegisterAsync(CaEdge.Individual("被害 太郎"));
        using var thief = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "thief");
        var without = await edge.RequestAsync(change.ApplicationId, thief);
        without.EnrollmentProof = ByteString.Empty;
        await IssueRefusedAsync(Fault.EnrollmentNotProven, without);

        // A proof for another application, one for another key, and one by a key that is not the token's.
        var elsewhere = await edge.RegisterAsync(CaEdge.Individual("別件 太郎"));
        var replayed = await edge.RequestAsync(elsewhere.ApplicationId, thief);
        replayed.ApplicationId = change.ApplicationId;
        await IssueRefusedAsync(Fault.EnrollmentNotProven, replayed);

        using var honest = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "honest");
        var swapped = await edge.RequestAsync(change.ApplicationId, honest);
        swapped.CertificationRequest = without.CertificationRequest;
        await IssueRefusedAsync(Fault.EnrollmentNotProven, swapped);

        using var own = new Authorities.MemoryKeyStore();
        await CaHost.MakeEnrollmentKeyAsync(own);
        var forged = await edge.RequestAsync(change.ApplicationId, thief);
        forged.EnrollmentProof = ByteString.CopyFrom(await CaHost.ProveAsync(own, change.ApplicationId, thief));
        await IssueRefusedAsync(Fault.EnrollmentNotProven, forged);

        // The subscriber's own enrolment is not disturbed.
        Assert.Equal(CertificateStatus.Good, (await edge.IssueAsync(change.ApplicationId)).Status);
    }

    [Fact]
    public async Task A_service_revokes_what_is_replaced_and_nothing_else()
    {
        var change = await edge.RegisterAsync(CaEdge.Individual("交替 太郎"));
        var old = (await edge.IssueAsync(change.ApplicationId)).SerialNumber;
        var supersede = new RevokeCertificateRequest { SerialNumber = old, Reason = "superseded" };
        await CaEdge.RefusedAsync(Fault.RoleNotAdmitted, async () => await edge.Signer.RevokeCertificateAsync(supersede));

        var apply = await edge.ChangeAsync(
            new()
            {
                Apply = new()
                {
                    SubscriberId = change.SubscriberId,
                    CertificateProfile = "subscriber-individual",
                    ReplacesSerialNumber = old,
                },
            }
        );
        await CaEdge.RefusedAsync(Fault.RoleNotAdmitted, async () => await edge.Signer.RevokeCertificateAsync(supersede));
        await edge.IssueAsync(apply.ApplicationId);
        var compromise = new RevokeCertificateRequest { SerialNumber = old, Reason = "keyCompromise" };
        await CaEdge.RefusedAsync(Fault.RoleNotAdmitted, async () => await edge.Signer.RevokeCertificateAsync(compromise));
        var revoked = (await edge.Signer.RevokeCertificateAsync(supersede)).Certificate;
        Assert.Equal((CertificateStatus.Revoked, "superseded"), (revoked.Status, revoked.RevocationReason));
        Assert.Equal(revoked, (await edge.Signer.RevokeCertificateAsync(supersede)).Certificate);
    }

    [Fact]
    public async Task Every_refusal_has_its_reason_code()
    {
        var change = await edge.RegisterAsync(CaEdge.Individual("拒絶 太郎"));
        using var key = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k");
        var good = await edge.RequestAsync(change.ApplicationId, key);
        await IssueRefusedAsync(Fault.InvalidArgument, With(good, r => r.RequestId = ""));
        await IssueRefusedAsync(Fault.InvalidArgument, With(good, r => r.ApplicationId = "app"));
        await IssueRefusedAsync(Fault.CsrMalformed, With(good, r => r.CertificationRequest = ByteString.CopyFrom(0x30, 0)));
        await IssueRefusedAsync(Fault.CsrMalformed, With(good, r => r.CertificationRequest = ByteString.Empty));
        await IssueRefusedAsync(Fault.AlgorithmNotAllowed, With(good, r => r.CertificationRequest = WeakRequest()));
        await IssueRefusedAsync(Fault.ProofOfPossessionFailed, With(good, r => r.CertificationRequest = FlipLast(r.CertificationRequest)));
        var unknown = "app_00000000000000000000000000";
        await IssueRefusedAsync(Fault.ApplicationNotFound, await edge.RequestAsync(unknown, key));

        var issued = (await edge.Signer.IssueCertificateAsync(good)).Certificate;
        Assert.Equal(issued, (await edge.Signer.IssueCertificateAsync(good)).Certificate);
        using var other = SoftwareSigningKey.Generate(KeyAlgorithm.EcdsaP256, "k2");
        await IssueRefusedAsync(Fault.ApplicationAlreadyUsed, await edge.RequestAsync(change.ApplicationId, other));
        var second = await edge.RegisterAsync(CaEdge.Individual("二人 太郎"));
        await IssueRefusedAsync(Fault.KeyAlreadyCertified, await edge.RequestAsync(second.ApplicationId, key));
        await edge.ChangeAsync(new() { Delete = new() { SubscriberId = second.SubscriberId } });
        await IssueRefusedAsync(Fault.ApplicationNotApproved, await edge.RequestAsync(second.ApplicationId, other));

        await CaEdge.RefusedAsync(
            Fault.CertificateNotFound,
            async () => await edge.Portal.GetCertificateAsync(new() { SerialNumber = "0123" })
        );
        await CaEdge.RefusedAsync(
            Fault.InvalidArgument,
            async () => await edge.Portal.GetCertificateAsync(new() { SerialNumber = "no number" })
        );
        await CaEdge.RefusedAsync(
            Fault.InvalidArgument,
            async () => await edge.Admin.ListCertificatesAsync(new() { Status = (CertificateStatus)99 })
        );
        await CaEdge.RefusedAsync(Fault.PageTokenInvalid, async () => await edge.Admin.ListCertificatesAsync(new() { PageToken = "AAAA" }));
        await CaEdge.RefusedAsync(Fault.IssuerNotFound, async () => await edge.Admin.IssueCrlAsync(new() { Authority = "nobody" }));
        await CaEdge.RefusedAsync(Fault.IssuerNotActive, async () => await edge.Admin.IssueCrlAsync(new() { Authority = "root" }));
        await CaEdge.RefusedAsync(
            Fault.RevocationReasonInvalid,
            async () => await edge.Admin.RevokeCertificateAsync(new() { SerialNumber = issued.SerialNumber, Reason = "certificateHold" })
        );
        await CaEdge.RefusedAsync(
            Fault.InvalidArgument,
            async () =>
                await edge.Admin.RevokeCertificateAsync(
                    new()
                    {
                        SerialNumber = issued.SerialNumber,
                        Reason = "keyCompromise",
                        InvalidityDate = new() { Seconds = 0 },
                    }
                )
        );
        await CaEdge.RefusedAsync(Fault.RoleNotAdmitted, async () => await edge.Portal.IssueCertificateAsync(good));
        await CaEdge.RefusedAsync(Fault.RoleNotAdmitted, async () => await edge.Portal.ListCertificatesAsync(new()));
    }

    [Fact]
    public async Task Authorities_profiles_and_crls_are_told()
    {
        var authorities = (await edge.Portal.ListAuthoritiesAsync(new())).Authorities;
        Assert.Equal(["infrastructure", "root", "subscribers"], authorities.Select(a => a.Name));
        Assert.True(authorities.Single(a => a.Name == "subscribers").Issuing);
        Assert.Contains(
            (await edge.Admin.ListProfilesAsync(new())).Profiles,
            p => p is { Name: "subscriber-employee", Authority: "subscribers" }
        );

        var first = (await edge.Admin.IssueCrlAsync(new() { Authority = "subscribers" })).Crls;
        var second = (await edge.Admin.IssueCrlAsync(new() { Authority = "subscribers" })).Crls;
        Assert.Equal(["full", "0", "1", "2", "3"], first.Select(c => c.Scope));
        Assert.All(first.Zip(second), pair => Assert.True(long.Parse(pair.First.CrlNumber) < long.Parse(pair.Second.CrlNumber)));
    }

    private static IssueCertificateRequest With(IssueCertificateRequest good, Action<IssueCertificateRequest> change)
    {
        var changed = good.Clone();
        change(changed);
        return changed;
    }

    private static ByteString FlipLast(ByteString bytes)
    {
        var changed = bytes.ToByteArray();
        changed[^1] ^= 1;
        return ByteString.CopyFrom(changed);
    }

    private static ByteString WeakRequest()
    {
        using var rsa = RSA.Create(1024);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(
            "CN=x",
            rsa,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return ByteString.CopyFrom(request.CreateSigningRequest());
    }

    private Task IssueRefusedAsync(Fault fault, IssueCertificateRequest request) =>
        CaEdge.RefusedAsync(fault, async () => await edge.Signer.IssueCertificateAsync(request));

    private async Task<List<string>> ListAsync(string subscriber, CertificateStatus status)
    {
        var found = new List<string>();
        var request = new ListCertificatesRequest
        {
            SubscriberId = subscriber,
            Status = status,
            PageSize = 2,
        };
        do
        {
            var page = await edge.Admin.ListCertificatesAsync(request);
            found.AddRange(page.Certificates.Select(c => c.SerialNumber));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        return found;
    }
}
