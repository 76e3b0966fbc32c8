// One index for each property of many values that clients filter or sort by, on every label a list starts from: Neo4j uses that of Party
// for parties alone.
CREATE INDEX party_sort_name IF NOT EXISTS FOR (n:Party) ON (n.sort_name);
CREATE INDEX party_name IF NOT EXISTS FOR (n:Party) ON (n.name);
CREATE INDEX party_short_name IF NOT EXISTS FOR (n:Party) ON (n.short_name);
CREATE INDEX party_address_city IF NOT EXISTS FOR (n:Party) ON (n.address_city);
CREATE INDEX party_created_at IF NOT EXISTS FOR (n:Party) ON (n.created_at);
CREATE INDEX party_updated_at IF NOT EXISTS FOR (n:Party) ON (n.updated_at);
CREATE INDEX party_last_interaction_at IF NOT EXISTS FOR (n:Party) ON (n.last_interaction_at);
CREATE INDEX party_influence_score IF NOT EXISTS FOR (n:Party) ON (n.influence_score);
CREATE INDEX party_influence_rank IF NOT EXISTS FOR (n:Party) ON (n.influence_rank);
CREATE INDEX party_referral_attributed IF NOT EXISTS FOR (n:Party) ON (n.referral_attributed);
CREATE INDEX party_referral_crv IF NOT EXISTS FOR (n:Party) ON (n.referral_crv);

CREATE INDEX person_sort_name IF NOT EXISTS FOR (n:Person) ON (n.sort_name);
CREATE INDEX person_name IF NOT EXISTS FOR (n:Person) ON (n.name);
CREATE INDEX person_short_name IF NOT EXISTS FOR (n:Person) ON (n.short_name);
CREATE INDEX person_family_name IF NOT EXISTS FOR (n:Person) ON (n.family_name);
CREATE INDEX person_given_name IF NOT EXISTS FOR (n:Person) ON (n.given_name);
CREATE INDEX person_address_city IF NOT EXISTS FOR (n:Person) ON (n.address_city);
CREATE INDEX person_created_at IF NOT EXISTS FOR (n:Person) ON (n.created_at);
CREATE INDEX person_updated_at IF NOT EXISTS FOR (n:Person) ON (n.updated_at);
CREATE INDEX person_last_interaction_at IF NOT EXISTS FOR (n:Person) ON (n.last_interaction_at);
CREATE INDEX person_influence_score IF NOT EXISTS FOR (n:Person) ON (n.influence_score);
CREATE INDEX person_influence_rank IF NOT EXISTS FOR (n:Person) ON (n.influence_rank);
CREATE INDEX person_referral_attributed IF NOT EXISTS FOR (n:Person) ON (n.referral_attributed);
CREATE INDEX person_referral_crv IF NOT EXISTS FOR (n:Person) ON (n.referral_crv);

CREATE INDEX organization_sort_name IF NOT EXISTS FOR (n:Organization) ON (n.sort_name);
CREATE INDEX organization_name IF NOT EXISTS FOR (n:Organization) ON (n.name);
CREATE INDEX organization_short_name IF NOT EXISTS FOR (n:Organization) ON (n.short_name);
CREATE INDEX organization_legal_name IF NOT EXISTS FOR (n:Organization) ON (n.legal_name);
CREATE INDEX organization_address_city IF NOT EXISTS FOR (n:Organization) ON (n.address_city);
CREATE INDEX organization_created_at IF NOT EXISTS FOR (n:Organization) ON (n.created_at);
CREATE INDEX organization_updated_at IF NOT EXISTS FOR (n:Organization) ON (n.updated_at);
CREATE INDEX organization_last_interaction_at IF NOT EXISTS FOR (n:Organization) ON (n.last_interaction_at);
CREATE INDEX organization_influence_score IF NOT EXISTS FOR (n:Organization) ON (n.influence_score);
CREATE INDEX organization_influence_rank IF NOT EXISTS FOR (n:Organization) ON (n.influence_rank);
CREATE INDEX organization_referral_attributed IF NOT EXISTS FOR (n:Organization) ON (n.referral_attributed);
CREATE INDEX organization_referral_crv IF NOT EXISTS FOR (n:Organization) ON (n.referral_crv);
CREATE INDEX organization_industry IF NOT EXISTS FOR (n:Organization) ON (n.industry);
CREATE INDEX organization_own IF NOT EXISTS FOR (n:Organization) ON (n.own);

CREATE INDEX contact_point_match IF NOT EXISTS FOR (n:ContactPoint) ON (n.match);
CREATE INDEX position_title IF NOT EXISTS FOR (n:Position) ON (n.title);
CREATE INDEX position_department IF NOT EXISTS FOR (n:Position) ON (n.department);
CREATE INDEX position_since IF NOT EXISTS FOR (n:Position) ON (n.since);
CREATE INDEX interaction_occurred_at IF NOT EXISTS FOR (n:Interaction) ON (n.occurred_at);
CREATE INDEX interaction_subject IF NOT EXISTS FOR (n:Interaction) ON (n.subject);
CREATE INDEX referral_occurred_at IF NOT EXISTS FOR (n:Referral) ON (n.occurred_at);
CREATE INDEX referral_status IF NOT EXISTS FOR (n:Referral) ON (n.status);
CREATE INDEX referral_qualified_at IF NOT EXISTS FOR (n:Referral) ON (n.qualified_at);
CREATE INDEX referral_closed_at IF NOT EXISTS FOR (n:Referral) ON (n.closed_at);
CREATE INDEX product_sort_name IF NOT EXISTS FOR (n:Product) ON (n.sort_name);
CREATE INDEX product_name IF NOT EXISTS FOR (n:Product) ON (n.name);
CREATE INDEX product_category IF NOT EXISTS FOR (n:Product) ON (n.category);
CREATE INDEX order_ordered_at IF NOT EXISTS FOR (n:Order) ON (n.ordered_at);
CREATE INDEX order_number IF NOT EXISTS FOR (n:Order) ON (n.number);
CREATE INDEX order_total IF NOT EXISTS FOR (n:Order) ON (n.total);

// The number of a change is not unique by a constraint: on the embedded engine most of several writers would then fail.
CREATE INDEX change_number IF NOT EXISTS FOR (n:Change) ON (n.number);
CREATE INDEX change_subject_id IF NOT EXISTS FOR (n:Change) ON (n.subject_id);
CREATE INDEX change_at IF NOT EXISTS FOR (n:Change) ON (n.at);
CREATE INDEX analysis_schedule_next_at IF NOT EXISTS FOR (n:AnalysisSchedule) ON (n.next_at);
CREATE INDEX analysis_run_analysis IF NOT EXISTS FOR (n:AnalysisRun) ON (n.analysis);
CREATE INDEX analysis_run_started_at IF NOT EXISTS FOR (n:AnalysisRun) ON (n.started_at);
