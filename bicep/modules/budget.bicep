// A monthly budget of the resource group. It tells, it does not stop: the GPU is what can run up a bill.

@minValue(1)
@description('Amount in the currency of the subscription.')
param amount int

@description('First day of a month, yyyy-MM-dd.')
param start string

@description('Who is told by mail; empty: the owners of the resource group.')
param alertEmail string

var receivers = empty(alertEmail) ? { contactRoles: ['Owner'], contactEmails: [] } : { contactRoles: [], contactEmails: [alertEmail] }

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: 'sluice-monthly'
  properties: {
    category: 'Cost'
    timeGrain: 'Monthly'
    amount: amount
    timePeriod: { startDate: start }
    notifications: {
      actual80: union(receivers, { enabled: true, operator: 'GreaterThan', threshold: 80, thresholdType: 'Actual' })
      forecast100: union(receivers, { enabled: true, operator: 'GreaterThan', threshold: 100, thresholdType: 'Forecasted' })
    }
  }
}
