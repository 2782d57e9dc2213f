using EContract.Ca.Registration;
using EContract.Hosting.Callers;
using EContract.Hosting.Calls;
using EContract.Proto.Ra.V1;
using Grpc.Core;

namespace EContract.Ca.Grpc;

/// <summary>econtract.ra.v1.RegistrationService.</summary>
public sealed class RegistrationApi(RegistrationDesk desk, RegistrationQueries queries) : RegistrationService.RegistrationServiceBase
{
    public override async Task<SubmitChangeResponse> SubmitChange(SubmitChangeRequest request, ServerCallContext context)
    {
        var change = await desk.SubmitAsync(
            request.RequestId,
            RegistrationMessages.ToOperation(request.Operation),
            request.Reason,
            request.PaperReference,
            ActorOf(context, request.Operator),
            context.CancellationToken
        );
        return new() { Change = RegistrationMessages.ToMessage(change) };
    }

    public override async Task<ApproveChangeResponse> ApproveChange(ApproveChangeRequest request, ServerCallContext context)
    {
        var id = RegistrationMessages.ToChangeId(request.ChangeId);
        var change = await desk.ApproveAsync(id, request.Note, ActorOf(context, request.Operator), context.CancellationToken);
        return new() { Change = RegistrationMessages.ToMessage(change) };
    }

    public override async Task<RejectChangeResponse> RejectChange(RejectChangeRequest request, ServerCallContext context)
    {
        var id = RegistrationMessages.ToChangeId(request.ChangeId);
        var change = await desk.RejectAsync(id, request.Note, ActorOf(context, request.Operator), context.CancellationToken);
        return new() { Change = RegistrationMessages.ToMessage(change) };
    }

    public override async Task<GetChangeResponse> GetChange(GetChangeRequest request, ServerCallContext context)
    {
        var change = await queries.GetChangeAsync(
            RegistrationMessages.ToChangeId(request.ChangeId),
            ScopeOf(context),
            context.CancellationToken
        );
        return new() { Change = RegistrationMessages.ToMessage(change) };
    }

    public override async Task<ListChangesResponse> ListChanges(ListChangesRequest request, ServerCallContext context)
    {
        var size = PageToken.SizeOf(request.PageSize);
        var filter = $"changes/{request.State}";
        var after = PageToken.Decode(filter, request.PageToken);
        var page = await queries.ListChangesAsync(
            RegistrationMessages.ToState(request.State),
            ScopeOf(context),
            after,
            size + 1,
            context.CancellationToken
        );
        var response = new ListChangesResponse
        {
            NextPageToken = page.Count > size ? PageToken.Encode(filter, page[size - 1].Id.Value) : "",
        };
        response.Changes.AddRange(page.Take(size).Select(RegistrationMessages.ToMessage));
        return response;
    }

    public override async Task<GetSubscriberResponse> GetSubscriber(GetSubscriberRequest request, ServerCallContext context)
    {
        var subscriber = await queries.GetSubscriberAsync(
            RegistrationMessages.ToSubscriberId(request.SubscriberId),
            ScopeOf(context),
            context.CancellationToken
        );
        return new() { Subscriber = RegistrationMessages.ToMessage(subscriber) };
    }

    public override async Task<SearchSubscribersResponse> SearchSubscribers(SearchSubscribersRequest request, ServerCallContext context)
    {
        var size = PageToken.SizeOf(request.PageSize);
        var filter = $"subscribers/{request.Name}/{request.Kana}/{request.Email}/{request.SerialNumber}/{request.State}";
        var search = new SubscriberSearch
        {
            Name = request.Name,
            Kana = request.Kana,
            Email = request.Email,
            SerialNumber = request.SerialNumber.Length > 0 ? CertificateMessages.ToSerial(request.SerialNumber) : null,
            State = RegistrationMessages.ToState(request.State),
        };
        var page = await queries.SearchAsync(
            search,
            ScopeOf(context),
            PageToken.Decode(filter, request.PageToken),
            size + 1,
            context.CancellationToken
        );
        var response = new SearchSubscribersResponse
        {
            NextPageToken = page.Count > size ? PageToken.Encode(filter, page[size - 1].Id.Value) : "",
        };
        response.Subscribers.AddRange(page.Take(size).Select(RegistrationMessages.ToMessage));
        return response;
    }

    public override async Task ExportSubscribers(
        ExportSubscribersRequest request,
        IServerStreamWriter<ExportSubscribersResponse> responseStream,
        ServerCallContext context
    )
    {
        var subscribers = queries.ExportAsync(RegistrationMessages.ToState(request.State), ScopeOf(context), context.CancellationToken);
        await foreach (var subscriber in subscribers)
        {
            await responseStream.WriteAsync(new() { Subscriber = RegistrationMessages.ToMessage(subscriber) }, context.CancellationToken);
        }
    }

    public override async Task<GetApplicationResponse> GetApplication(GetApplicationRequest request, ServerCallContext context)
    {
        var application = await queries.GetApplicationAsync(
            RegistrationMessages.ToApplicationId(request.ApplicationId),
            ScopeOf(context),
            context.CancellationToken
        );
        return new() { Application = RegistrationMessages.ToMessage(application) };
    }

    public override async Task<ListApplicationsResponse> ListApplications(ListApplicationsRequest request, ServerCallContext context)
    {
        var size = PageToken.SizeOf(request.PageSize);
        var filter = $"applications/{request.SubscriberId}/{request.State}";
        var page = await queries.ListApplicationsAsync(
            request.SubscriberId,
            RegistrationMessages.ToState(request.State),
            ScopeOf(context),
            PageToken.Decode(filter, request.PageToken),
            size + 1,
            context.CancellationToken
        );
        var response = new ListApplicationsResponse
        {
            NextPageToken = page.Count > size ? PageToken.Encode(filter, page[size - 1].Id.Value) : "",
        };
        response.Applications.AddRange(page.Take(size).Select(RegistrationMessages.ToMessage));
        return response;
    }

    public override async Task WatchChanges(
        WatchChangesRequest request,
        IServerStreamWriter<WatchChangesResponse> responseStream,
        ServerCallContext context
    )
    {
        await foreach (
            var change in queries.WatchChangesAsync(FeedCursor.Parse(request.Cursor), ScopeOf(context), context.CancellationToken)
        )
        {
            await responseStream.WriteAsync(
                new() { Cursor = FeedCursor.Format(change.FeedPosition!.Value), Change = RegistrationMessages.ToMessage(change) },
                context.CancellationToken
            );
        }
    }

    private static Actor ActorOf(ServerCallContext context, string operatorName) => Actor.Of(context.GetCaller(), operatorName);

    private static OrganisationScope ScopeOf(ServerCallContext context) => OrganisationScope.Of(context.GetCaller());
}
