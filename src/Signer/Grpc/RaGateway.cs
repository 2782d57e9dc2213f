using System.Runtime.CompilerServices;
using EContract.Hosting.Errors;
using EContract.Proto.Ra.V1;
using EContract.Signer.Enrollment;
using EContract.Signer.Identities;

namespace EContract.Signer.Grpc;

/// <summary>The registration role over gRPC.</summary>
internal sealed class RaGateway(RegistrationService.RegistrationServiceClient client, TimeProvider time) : IRegistrationAuthority
{
    public async Task<CertificateApplication?> FindApplicationAsync(CertificateApplicationId id, CancellationToken cancellationToken)
    {
        var request = new GetApplicationRequest { ApplicationId = id.Value };
        try
        {
            var response = await Remote.CallAsync(
                Fault.CaUnavailable,
                options => client.GetApplicationAsync(request, options),
                time,
                cancellationToken
            );
            return Read(response.Application);
        }
        catch (ServiceException e) when (e.Fault == Fault.ApplicationNotFound)
        {
            return null;
        }
    }

    public async IAsyncEnumerable<RegistrationChange> WatchAsync(
        string cursor,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var call = client.WatchChanges(new WatchChangesRequest { Cursor = cursor }, cancellationToken: cancellationToken);
        await foreach (var answer in Remote.ReadAsync(Fault.CaUnavailable, call.ResponseStream, cancellationToken))
        {
            var change = answer.Change;
            CredentialId? unlock =
                change.State == ChangeState.Applied && change.Operation?.Unlock is { } unlocked
                    ? new CredentialId(unlocked.CredentialId)
                    : null;
            yield return new RegistrationChange(answer.Cursor, change.ChangeId, unlock);
        }
    }

    private static CertificateApplication Read(Application application)
    {
        var subject = application.Subject;
        var seal = subject.Kind == SubscriberKind.Organisation;
        return new CertificateApplication(
            new CertificateApplicationId(application.ApplicationId),
            new SubscriberId(application.SubscriberId),
            application.State switch
            {
                ApplicationState.Approved => ApplicationStanding.Approved,
                ApplicationState.Issued => ApplicationStanding.Issued,
                ApplicationState.Expired => ApplicationStanding.Expired,
                _ => ApplicationStanding.Withdrawn,
            },
            seal,
            seal && string.IsNullOrEmpty(subject.Name) ? subject.Organisation.Name : subject.Name,
            NullIfEmpty(subject.Email),
            NullIfEmpty(subject.Mobile),
            [
                .. new[] { subject.Email, subject.Mobile, subject.CustomerNumber, subject.RomanisedName, application.SubscriberId }.Where(
                    s => s.Length > 0
                ),
            ],
            NullIfEmpty(application.ReplacesSerialNumber)
        )
        {
            // As the RA judges it: every name by which the data tell an organisation.
            Organisations =
            [
                .. new[] { seal ? subject.Name : "", subject.Organisation?.Name ?? "", subject.Organisation?.CorporateNumber ?? "" }
                    .Where(name => name.Length > 0)
                    .Distinct(),
            ],
        };
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
