using System.Globalization;
using EContract.Ca.Authorities;
using EContract.Ca.Issuance;
using EContract.Ca.Profiles;
using EContract.Ca.Registration;
using EContract.Ca.Revocation;
using EContract.Hosting.Callers;
using EContract.Hosting.Calls;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Proto.Ca.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Certificate = EContract.Proto.Ca.V1.Certificate;

namespace EContract.Ca.Grpc;

/// <summary>econtract.ca.v1.CertificateAuthorityService.</summary>
public sealed class CertificateAuthorityApi(
    CertificateIssuer issuer,
    CertificateQueries queries,
    CertificateRevoker revoker,
    CrlIssuer crls,
    StatusFeed feed,
    AuthorityRegistry authorities,
    ProfileCatalogue profiles,
    TimeProvider time
) : CertificateAuthorityService.CertificateAuthorityServiceBase
{
    public override async Task<IssueCertificateResponse> IssueCertificate(IssueCertificateRequest request, ServerCallContext context)
    {
        var application = RegistrationMessages.ToApplicationId(request.ApplicationId);
        var issued = await issuer.IssueAsync(
            request.RequestId,
            application,
            request.CertificationRequest.Memory,
            request.EnrollmentProof.Memory,
            ActorOf(context),
            context.CancellationToken
        );
        return new() { Certificate = ToMessage(issued) };
    }

    public override async Task<GetCertificateResponse> GetCertificate(GetCertificateRequest request, ServerCallContext context) =>
        new()
        {
            Certificate = ToMessage(
                await queries.GetAsync(CertificateMessages.ToSerial(request.SerialNumber), ScopeOf(context), context.CancellationToken)
            ),
        };

    public override async Task<ListCertificatesResponse> ListCertificates(ListCertificatesRequest request, ServerCallContext context)
    {
        var size = PageToken.SizeOf(request.PageSize);
        var filter = $"certificates/{request.SubscriberId}/{request.Status}";
        var after = PageToken.Decode(filter, request.PageToken).Split('/') switch
        {
            [var authority, var serial] when SerialNumber.TryParse(serial, out var number) => (authority, number),
            _ => ((string, SerialNumber)?)null,
        };
        var page = await queries.ListAsync(
            request.SubscriberId,
            CertificateMessages.ToFilter(request.Status),
            ScopeOf(context),
            after,
            size + 1,
            context.CancellationToken
        );
        var response = new ListCertificatesResponse();
        response.Certificates.AddRange(page.Take(size).Select(ToMessage));
        if (page.Count > size)
        {
            var last = page[size - 1].Row;
            response.NextPageToken = PageToken.Encode(filter, $"{last.Authority}/{SerialNumber.FromContent(last.Serial)}");
        }

        return response;
    }

    public override async Task ExportCertificates(
        ExportCertificatesRequest request,
        IServerStreamWriter<ExportCertificatesResponse> responseStream,
        ServerCallContext context
    )
    {
        await foreach (var issued in queries.ExportAsync(request.Authority, ScopeOf(context), context.CancellationToken))
        {
            await responseStream.WriteAsync(new() { Certificate = ToMessage(issued) }, context.CancellationToken);
        }
    }

    public override async Task<RevokeCertificateResponse> RevokeCertificate(RevokeCertificateRequest request, ServerCallContext context)
    {
        var serial = CertificateMessages.ToSerial(request.SerialNumber);
        var reason = CertificateRevoker.ParseReason(request.Reason);
        if (!context.GetCaller().Holds(Role.Admin))
        {
            await revoker.RequireReplacedAsync(serial, reason, context.CancellationToken);
        }

        await revoker.RevokeAsync(
            serial,
            reason,
            request.InvalidityDate?.ToDateTimeOffset(),
            ActorOf(context),
            request.Explanation,
            context.CancellationToken
        );
        return new() { Certificate = ToMessage(await queries.GetAsync(serial, ScopeOf(context), context.CancellationToken)) };
    }

    public override async Task WatchStatus(
        WatchStatusRequest request,
        IServerStreamWriter<WatchStatusResponse> responseStream,
        ServerCallContext context
    )
    {
        await foreach (var e in feed.WatchAsync(FeedCursor.Parse(request.Cursor), ScopeOf(context), context.CancellationToken))
        {
            await responseStream.WriteAsync(
                new()
                {
                    Cursor = FeedCursor.Format(e.Position),
                    SerialNumber = e.SerialNumber.ToString(),
                    Authority = e.Authority,
                    Status = CertificateMessages.ToMessage(e.Status, expired: false),
                    ChangeTime = e.ChangedAt.ToTimestamp(),
                    Reason = e.Reason is { } reason ? CertificateRevoker.NameOf(reason) : "",
                    SubscriberId = e.SubscriberId ?? "",
                },
                context.CancellationToken
            );
        }
    }

    public override async Task<IssueCrlResponse> IssueCrl(IssueCrlRequest request, ServerCallContext context)
    {
        var chosen = request.Authority.Length > 0 ? [authorities.Get(request.Authority)] : authorities.All.Where(a => a.Online).ToList();
        var response = new IssueCrlResponse();
        foreach (var scope in chosen.SelectMany(CrlIssuer.ScopesOf))
        {
            var crl = (await crls.IssueAsync(scope, null, context.GetCaller().Name, context.CancellationToken))!;
            response.Crls.Add(
                new IssueCrlResponse.Types.IssuedCrl
                {
                    Authority = scope.Authority,
                    Scope = scope.Name,
                    CrlNumber = crl.Number.ToString(CultureInfo.InvariantCulture),
                    Entries = crl.Entries,
                    ThisUpdate = crl.ThisUpdate.ToTimestamp(),
                    NextUpdate = crl.NextUpdate.ToTimestamp(),
                }
            );
        }

        return response;
    }

    public override Task<ListAuthoritiesResponse> ListAuthorities(ListAuthoritiesRequest request, ServerCallContext context)
    {
        var response = new ListAuthoritiesResponse();
        foreach (var authority in authorities.All)
        {
            var message = new ListAuthoritiesResponse.Types.Authority
            {
                Name = authority.Id,
                Certificate = ByteString.CopyFrom(authority.Certificate.Encoded.Span),
                Issuing = authority.Issuing,
            };
            message.Chain.AddRange(CertificateMessages.ToChain(authority));
            response.Authorities.Add(message);
        }

        return Task.FromResult(response);
    }

    public override Task<ListProfilesResponse> ListProfiles(ListProfilesRequest request, ServerCallContext context)
    {
        var response = new ListProfilesResponse();
        response.Profiles.AddRange(
            profiles.Profiles.Select(p => new ListProfilesResponse.Types.Profile
            {
                Name = p.Name,
                Description = p.Description,
                Authority = p.Authority,
            })
        );
        return Task.FromResult(response);
    }

    private Certificate ToMessage(IssuedCertificate issued) => CertificateMessages.ToMessage(issued, time.GetUtcNow());

    private static Actor ActorOf(ServerCallContext context) => Actor.Of(context.GetCaller(), "");

    private static OrganisationScope ScopeOf(ServerCallContext context) => OrganisationScope.Of(context.GetCaller());
}
