using EContract.Hosting.Errors;
using EContract.Proto.Ra.V1;
using Xunit;

namespace EContract.Ca.Tests.Grpc;

/// <summary>A caller with a limit sees and changes the subscribers of its organisations, and nothing else by whatever call.</summary>
public sealed class OrganisationTests(CaEdge edge) : IClassFixture<CaEdge>
{
    [Fact]
    public async Task What_is_not_its_own_is_refused_by_every_call()
    {
        foreach (
            var (data, profile) in new[]
            {
                (CaEdge.Individual("個人 花子"), "subscriber-individual"),
                (CaEdge.Employee("他社 花子", "株式会社他社", ""), "subscriber-employee"),
                // Its own number with another's name, and the other way round.
                (CaEdge.Employee("詐称 花子", "株式会社他社"), "subscriber-employee"),
                (CaEdge.Employee("詐称 次郎", CaEdge.Branch, "1000011000005"), "subscriber-employee"),
            }
        )
        {
            var register = new ChangeOperation
            {
                Register = new() { Data = data, CertificateProfile = profile },
            };
            await RefusedAsync(async () => await edge.BranchDesk.SubmitChangeAsync(CaEdge.Submission(register)));
            var waiting = (await edge.Maker.SubmitChangeAsync(CaEdge.Submission(register))).Change;
            await RefusedAsync(async () => await edge.BranchDesk.GetChangeAsync(new() { ChangeId = waiting.ChangeId }));
            await RefusedAsync(async () => await edge.BranchDesk.ApproveChangeAsync(new() { ChangeId = waiting.ChangeId }));
            await RefusedAsync(async () => await edge.BranchDesk.RejectChangeAsync(new() { ChangeId = waiting.ChangeId }));

            var foreign = (await edge.Approver.ApproveChangeAsync(new() { ChangeId = waiting.ChangeId })).Change;
            var serial = (await edge.IssueAsync(foreign.ApplicationId)).SerialNumber;
            await RefusedAsync(async () => await edge.BranchDesk.GetSubscriberAsync(new() { SubscriberId = foreign.SubscriberId }));
            await RefusedAsync(async () => await edge.BranchDesk.GetApplicationAsync(new() { ApplicationId = foreign.ApplicationId }));
            await RefusedAsync(async () => await edge.BranchCa.GetCertificateAsync(new() { SerialNumber = serial }));
            await RefusedAsync(async () =>
                await edge.BranchCa.RevokeCertificateAsync(new() { SerialNumber = serial, Reason = "superseded" })
            );
            ChangeOperation[] operations =
            [
                new()
                {
                    Update = new() { SubscriberId = foreign.SubscriberId, Data = CaEdge.Employee("乗取 太郎") },
                },
                new() { Delete = new() { SubscriberId = foreign.SubscriberId } },
                new()
                {
                    Apply = new() { SubscriberId = foreign.SubscriberId, CertificateProfile = profile },
                },
                new() { Hold = new() { SerialNumber = serial } },
                new()
                {
                    Unlock = new() { SubscriberId = foreign.SubscriberId, CredentialId = "cred_1" },
                },
                Revoke(serial),
            ];
            foreach (var operation in operations)
            {
                await RefusedAsync(async () => await edge.BranchDesk.SubmitChangeAsync(CaEdge.Submission(operation)));
            }
        }
    }

    [Fact]
    public async Task It_gives_nobody_away_and_takes_nobody_over()
    {
        var own = await edge.RegisterAtBranchAsync(CaEdge.Employee("移籍 太郎"));
        var away = new ChangeOperation
        {
            Update = new() { SubscriberId = own.SubscriberId, Data = CaEdge.Employee("移籍 太郎", "株式会社他社", "") },
        };
        await RefusedAsync(async () => await edge.BranchDesk.SubmitChangeAsync(CaEdge.Submission(away)));

        // Submitted for its own, but moved away before the branch approves: the head office was faster.
        var rename = new ChangeOperation
        {
            Update = new() { SubscriberId = own.SubscriberId, Data = CaEdge.Employee("移籍 次郎") },
        };
        var waiting = (await edge.BranchDesk.SubmitChangeAsync(CaEdge.Submission(rename, "sato"))).Change;
        await edge.ChangeAsync(away);
        await RefusedAsync(async () =>
            await edge.BranchDesk.ApproveChangeAsync(new() { ChangeId = waiting.ChangeId, Operator = "suzuki" })
        );
        await RefusedAsync(async () => await edge.BranchDesk.GetSubscriberAsync(new() { SubscriberId = own.SubscriberId }));
    }

    private static ChangeOperation Revoke(string serial) =>
        new()
        {
            Revoke = new() { SerialNumber = serial, Reason = "keyCompromise" },
        };

    private static Task RefusedAsync(Func<Task> call) => CaEdge.RefusedAsync(Fault.OrganisationNotAllowed, call);
}
